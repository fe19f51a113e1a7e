import Testing

@testable import BrainSoak

struct WriterScriptTests {
    private func transactions(
        _ count: Int,
        of runs: some Sequence<Int> = 0..<20,
        seed: UInt64 = 1,
        mayGoOn: (Int) -> Bool = { _ in true }
    ) -> [WriterScript.Transaction] {
        var script = WriterScript(runs: runs, seed: seed)
        return (0..<count).map { _ in script.next(mayGoOn: mayGoOn) }
    }

    @Test func `numbers the steps of each run one by one, one of a run in a transaction at most`() {
        var last: [Int: Int] = [:]
        for transaction in self.transactions(2000) {
            #expect(Set(transaction.steps.map(\.run)).count == transaction.steps.count)
            for step in transaction.steps {
                #expect(step.number == last[step.run, default: 0] + 1)
                last[step.run] = step.number
            }
        }
        #expect(last.count == 20)
    }

    @Test func `a run is queued, runs, ends, and is queued again`() {
        let next: [StepStatus: Set<StepStatus>] = [
            .queued: [.running], .running: [.running, .completed, .failed], .completed: [.queued], .failed: [.queued],
        ]
        var last: [Int: StepStatus] = [:]
        for step in self.transactions(2000).flatMap(\.steps) {
            #expect(next[last[step.run] ?? .queued]?.contains(step.status) == true)
            last[step.run] = step.status
        }
    }

    @Test func `every other run rests at its end until it may go on`() {
        var ended: Set<Int> = []
        for step in self.transactions(3000, mayGoOn: { _ in false }).flatMap(\.steps) {
            #expect(!ended.contains(step.run))
            if step.status.isTerminal, step.run.isMultiple(of: 2) { ended.insert(step.run) }
        }
        #expect(ended == Set(stride(from: 0, to: 20, by: 2)))
    }

    @Test func `some ends are overwritten in the very next transaction, none of a run that rests`() {
        let all = self.transactions(2000)
        let overwritten = zip(all, all.dropFirst()).filter { one, next in
            one.steps.count == 1 && one.steps[0].status.isTerminal && next.steps.map(\.run) == one.steps.map(\.run)
        }
        #expect(overwritten.count > 20)
        #expect(overwritten.allSatisfy { one, _ in !one.steps[0].run.isMultiple(of: 2) })
    }

    @Test func `has nothing to do where all its runs rest`() {
        let last = self.transactions(500, of: [0, 2, 4], mayGoOn: { _ in false }).last
        #expect(last?.steps.isEmpty == true)
    }

    @Test func `says the same for the same seed, and else something else`() {
        #expect(self.transactions(50, seed: 7) == self.transactions(50, seed: 7))
        #expect(self.transactions(50, seed: 7) != self.transactions(50, seed: 8))
    }

    @Test func `has transactions of each kind`() {
        let all = self.transactions(2000)
        #expect(all.contains { !$0.isBlock } && all.contains { $0.steps.count > 1 })
        #expect(all.contains(where: \.isRolledBack) && all.contains(where: \.hasDetours))
        #expect(all.allSatisfy { $0.steps.count <= WriterScript.mostRuns })
    }

    @Test func `one step is a statement of its own`() {
        let step = RunStep(run: 7, number: 3, status: .completed)
        let sql = WriterScript.Transaction(steps: [step]).sql
        #expect(sql.hasPrefix("UPDATE runs SET status = 'completed', progress = 3, error = NULL, completed_at = now()"))
        #expect(sql.hasSuffix("WHERE id = 'soak-000007'"))
    }

    @Test func `a detour comes before the step that counts, in a block`() {
        let step = RunStep(run: 7, number: 3, status: .running)
        let statements = WriterScript.Transaction(steps: [step], hasDetours: true).sql.split(separator: "; ")
        #expect(statements.count == 3 && statements[0] == "BEGIN")
        #expect(statements[1].contains("'failed'") && statements[2].contains("'running'"))
    }
}
