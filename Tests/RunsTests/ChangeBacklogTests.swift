import Testing

@testable import Runs

@Suite struct ChangeBacklogTests {
    private func taken(_ policy: ChangeBacklog.Policy, _ changes: [RunChange]) -> [RunChange] {
        var backlog = ChangeBacklog(policy)
        for change in changes { backlog.add(change) }
        #expect(backlog.isEmpty == changes.isEmpty)
        let taken = backlog.take(.max)
        #expect(backlog.isEmpty && backlog.count == 0 && backlog.bytes == 0)
        return taken
    }

    @Test func `within a transaction a run's last state counts`() {
        let changes: [RunChange] = [
            .row(row("a", "running", 1)), .row(row("b", "done")), .row(row("a", "done")), .row(row("a", "running", 2)),
        ]
        #expect(self.taken(.lastStates, changes) == [.row(row("a", "running", 2)), .row(row("b", "done"))])
    }

    @Test func `within a transaction what is removed was never there, and what comes again was never gone`() {
        let changes: [RunChange] = [
            .row(row("a", "running")), .gone("a"), .row(row("a", "queued")), .row(row("b", "queued")), .gone("b"),
            .gone("c"), .gone("c"), .row(row("c", "done")), .gone("d"), .row(row("d", "queued")), .gone("d"),
        ]
        #expect(
            self.taken(.lastStates, changes)
                == [.row(row("a", "queued")), .gone("b"), .row(row("c", "done")), .gone("d")]
        )
    }

    @Test func `within a transaction nothing counts from before the table was emptied`() {
        let changes: [RunChange] = [.row(row("a", "running")), .gone("b"), .cleared, .row(row("c", "queued"))]
        #expect(self.taken(.lastStates, changes) == [.cleared, .row(row("c", "queued"))])
    }

    @Test func `across transactions an update gives way to an update, and no end is left out`() {
        let changes: [RunChange] = [
            .row(row("a", "running", 1)), .row(row("a", "running", 2)), .row(row("a", "done", 2)),
            .row(row("a", "running", 3)), .row(row("a", "running", 4)), .row(row("a", "done", 2)),
            .row(row("a", "done", 2)),
        ]
        #expect(
            self.taken(.keepingEnds, changes) == [
                .row(row("a", "running", 2)), .row(row("a", "done", 2)), .row(row("a", "running", 4)),
                .row(row("a", "done", 2)), .row(row("a", "done", 2)),
            ]
        )
    }

    @Test func `across transactions what came before a removal stays before it`() {
        let changes: [RunChange] = [
            .row(row("a", "running", 1)), .gone("a"), .row(row("a", "running", 2)), .cleared, .row(row("a", "queued")),
        ]
        #expect(self.taken(.keepingEnds, changes) == changes)
    }

    @Test func `what isn't told of a row is taken from the one whose place it takes`() {
        var partial = row("a", "running", 2)
        partial.unchanged = [.error, .agent]
        var first = RunRow(id: "a", status: "running", agent: "dev")
        first.unchanged = .error
        var expected = RunRow(id: "a", status: "running", progress: "2", agent: "dev")
        expected.unchanged = .error
        #expect(self.taken(.keepingEnds, [.row(first), .row(partial)]) == [.row(expected)])
    }

    @Test func `pieces taken in between leave nothing out and nothing twice`() {
        var backlog = ChangeBacklog(.keepingEnds)
        var seen: [String] = []
        for number in 0..<10_000 {
            backlog.add(.row(row("\(number)", "running", 1)))
            backlog.add(.row(row("\(number)", "running", 2)))
            guard number % 3 == 0 else { continue }
            seen += backlog.take(2).compactMap { change in
                guard case .row(let row) = change, row.progress == "2" else { return nil }
                return row.id
            }
        }
        seen += backlog.take(.max).compactMap { if case .row(let row) = $0 { row.id } else { nil } }
        #expect(seen == (0..<10_000).map(String.init))
    }

    @Test(arguments: 0..<20) func `the last state of each run comes through, whatever is taken when`(_ seed: UInt64) {
        var random = Seeded(seed: seed)
        var backlog = ChangeBacklog(.keepingEnds)
        var model: [String: RunRow] = [:]
        var applied: [String: RunRow] = [:]
        var (ends, endsTaken) = (0, 0)
        func apply(_ changes: [RunChange]) {
            for change in changes {
                switch change {
                case .row(let row):
                    applied[row.id] = row
                    endsTaken += row.status == "done" ? 1 : 0
                case .gone(let id): applied[id] = nil
                case .cleared: applied = [:]
                }
            }
        }
        for step in 0..<2_000 {
            let id = "\(Int.random(in: 0..<7, using: &random))"
            switch Int.random(in: 0..<40, using: &random) {
            case 0:
                backlog.add(.cleared)
                model = [:]
            case 1...4:
                backlog.add(.gone(id))
                model[id] = nil
            case let choice:
                model[id] = row(id, choice < 12 ? "done" : "running", step)
                ends += choice < 12 ? 1 : 0
                backlog.add(.row(row(id, choice < 12 ? "done" : "running", step)))
            }
            if Int.random(in: 0..<9, using: &random) == 0 { apply(backlog.take(.random(in: 0..<6, using: &random))) }
        }
        apply(backlog.take(.max))
        #expect(applied == model)
        #expect(endsTaken == ends)
    }
}
