/// What a writer does next: which of its runs change to what, and in what kind of transaction; pure.
///
/// A run goes its way again and again: queued, running for a few steps, then completed or failed. Every other run then
/// rests until all who must have heard of its end, so that no loss is covered by the next step; the others go on at
/// once, half of them in the very next transaction, so that ends are overwritten while they are on their way.
struct WriterScript: Sendable {
    /// A transaction.
    struct Transaction: Sendable, Equatable {
        let steps: [RunStep]
        /// Whether it ends with ROLLBACK: nobody may ever hear of its steps.
        var isRolledBack = false
        /// Whether each run is changed to something else first, of which nobody may hear.
        var hasDetours = false
    }

    private var random: SeededGenerator
    /// The last step of each of its runs, that of a transaction which failed included: its number isn't used again.
    private var last: [RunStep]
    private var turn = 0
    /// The run that goes on next, whoever's turn it is.
    private var next: Int?

    /// The most runs that one transaction changes.
    static let mostRuns = 10

    /// - Parameters:
    ///   - runs: the writer's own; nobody else changes them.
    ///   - seed: decides what is left to chance.
    init(runs: some Sequence<Int>, seed: UInt64) {
        self.random = SeededGenerator(seed: seed)
        self.last = runs.map { RunStep(run: $0, number: 0, status: .queued) }
    }

    /// The next transaction: of one step mostly, of several at times.
    ///
    /// - Parameter mayGoOn: whether a run that rests may go on.
    /// - Returns: one without steps where all runs rest.
    mutating func next(mayGoOn: (Int) -> Bool) -> Transaction {
        if let index = self.next {
            self.next = nil
            return Transaction(steps: [self.advance(index)])
        }
        let dice = Int.random(in: 0..<100, using: &self.random)
        let count = dice < 80 ? 1 : Int.random(in: 2...Self.mostRuns, using: &self.random)
        var steps: [RunStep] = []
        // Each run is asked once at most: none comes twice in a transaction.
        for _ in self.last.indices where steps.count < count {
            self.turn = (self.turn + 1) % self.last.count
            if self.isFree(self.last[self.turn], mayGoOn) { steps.append(self.advance(self.turn)) }
        }
        if steps.count == 1, self.goesOnAtOnce(self.last[self.turn]) { self.next = self.turn }
        return Transaction(steps: steps, isRolledBack: dice >= 97, hasDetours: (90..<97).contains(dice))
    }

    private mutating func goesOnAtOnce(_ step: RunStep) -> Bool {
        step.status.isTerminal && !step.run.isMultiple(of: 2) && Bool.random(using: &self.random)
    }

    private func isFree(_ step: RunStep, _ mayGoOn: (Int) -> Bool) -> Bool {
        !step.status.isTerminal || !step.run.isMultiple(of: 2) || mayGoOn(step.run)
    }

    private mutating func advance(_ index: Int) -> RunStep {
        let step = self.last[index]
        let next = RunStep(run: step.run, number: step.number + 1, status: self.status(after: step.status))
        self.last[index] = next
        return next
    }

    private mutating func status(after status: StepStatus) -> StepStatus {
        switch status {
        case .queued: .running
        case .running:
            [.running, .running, .running, .completed, .failed].randomElement(using: &self.random) ?? .running
        case .completed, .failed: .queued
        }
    }
}

// MARK: As SQL
extension WriterScript.Transaction {
    /// The statements, without what ends them.
    ///
    /// One statement is its own transaction.
    var sql: String {
        let updates = self.steps.map { Self.update($0.id, $0.number, $0.status) }
        guard self.isBlock else { return updates.joined() }
        let detours = self.hasDetours ? self.steps.map { Self.update($0.id, $0.number, .failed) } : []
        return (["BEGIN"] + detours + updates).joined(separator: "; ")
    }

    /// Whether COMMIT or ROLLBACK is to follow.
    var isBlock: Bool { self.steps.count > 1 || self.isRolledBack || self.hasDetours }

    private static func update(_ id: String, _ number: Int, _ status: StepStatus) -> String {
        let error = status == .failed ? "'exit status 1: the build failed'" : "NULL"
        let end = status.isTerminal ? "now()" : "NULL"
        return """
            UPDATE runs SET status = '\(status.rawValue)', progress = \(number), error = \(error), \
            completed_at = \(end), updated_at = now() WHERE id = '\(id)'
            """
    }
}
