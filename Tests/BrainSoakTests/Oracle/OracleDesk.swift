@testable import BrainSoak

/// An oracle with few words, and a clock that only a test moves.
struct OracleDesk {
    var oracle: SoakOracle
    private(set) var now = ContinuousClock.now

    init(runs: Int = 2, _ clients: ClientKind..., patience: Duration = .seconds(60)) {
        self.oracle = SoakOracle(runs: runs, clients: clients, patience: patience)
    }

    mutating func pass(_ time: Duration) { self.now += time }

    mutating func join(_ clients: Int...) {
        for client in clients { self.oracle.apply(.joined(client: client), now: self.now) }
    }

    mutating func leave(_ client: Int, _ reason: LeaveReason = .ownWill) {
        self.oracle.apply(.left(client: client, reason), now: self.now)
    }

    @discardableResult
    mutating func announce(_ number: Int, _ status: StepStatus = .running, run: Int = 0) -> RunStep {
        let step = RunStep(run: run, number: number, status: status)
        self.oracle.willCommit([step], now: self.now)
        return step
    }

    @discardableResult
    mutating func commit(_ number: Int, _ status: StepStatus = .running, run: Int = 0) -> RunStep {
        let step = self.announce(number, status, run: run)
        self.oracle.committed([step], now: self.now)
        return step
    }

    mutating func hear(_ step: RunStep, by clients: Int...) {
        for client in clients { self.oracle.apply(.heard(client: client, step), now: self.now) }
    }

    /// A look, once the last commit has been seen to rest for so long.
    mutating func look(after time: Duration) {
        self.oracle.look(now: self.now)
        self.pass(time)
        self.oracle.look(now: self.now)
    }

    mutating func unheardEnds(isLast: Bool) -> [RunStep] {
        self.oracle.takeUnheardEnds(isLast: isLast, now: self.now).map(\.step)
    }

    var counts: [SoakLoss.Kind: Int] { self.oracle.losses.counts }
    var losses: [SoakLoss] { self.oracle.losses.first }
}
