/// A supervisor's decisions: whose turn it is to start or to stop, and when the whole tree ends.
///
/// Every input is passed on to its child; then the order of the tree is looked at again, so that no
/// input needs to know what it may set off elsewhere.
struct SupervisorMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Phase: Sendable, Equatable {
        /// Not run yet. To: starting, finished.
        case idle
        /// The first start, or that of a group, one child after the other. To: running, regrouping, stopping.
        case starting
        /// Every child started. To: regrouping, stopping.
        case running
        /// A group goes down in reverse order to be started again. To: starting, stopping.
        case regrouping(Regroup)
        /// Down in reverse order, one child after the other. To: finished.
        case stopping(Outcome)
        /// All are down.
        case finished(Outcome)
    }

    /// The children that are restarted together: all from `first` on, once they are down and the pause is over.
    struct Regroup: Sendable, Equatable {
        let first: Int
        let resumeAt: Instant
    }

    /// Why the tree ends.
    enum Outcome: Sendable, Equatable {
        case shutdown
        case startFailed(child: String, Cause)
        case gaveUp(child: String, reason: String)
    }

    enum Action: Sendable, Equatable {
        case child(Int, ChildMachine.Action)
        case report(SupervisionEvent)
        /// All have started: for the first time, or again after a group was restarted.
        case ready
        /// All are down: whoever waits for that goes on.
        case finish
    }

    var phase = Phase.idle
    var children: [ChildMachine]
    let id: String
    let strategy: Strategy
    /// The restarts of children that are restarted together; nil: each child has its own.
    private(set) var account: RestartBudget?
    /// Since when all children are up; nil while they aren't.
    var upSince: Instant?
    /// For all children together; nil: the sum of their own deadlines is the limit.
    private let stopLimit: Duration?
    /// When whoever isn't down yet is left behind, once the tree stops.
    private var cutAt: Instant?

    init(
        id: String,
        strategy: Strategy,
        children: [ChildMachine],
        stopLimit: Duration? = nil
    ) {
        self.id = id
        self.strategy = strategy
        self.children = children
        self.stopLimit = stopLimit
        self.account = strategy == .oneForOne ? nil : children.first?.budget
    }

    /// When ``tick(now:random:)`` has something to do; nil: nothing waits for time.
    var nextDeadline: Instant? {
        let own = self.phase.isStopping ? self.cutAt : self.resumeAt
        return (self.children.compactMap(\.nextDeadline) + [own].compactMap(\.self)).min()
    }

    /// How the tree ended; nil: it hasn't.
    var outcome: Outcome? {
        guard case .finished(let outcome) = self.phase else { return nil }
        return outcome
    }

    /// The tree is to start; nothing happens where it was shut down before.
    mutating func runCalled(now: Instant) -> [Action] {
        guard self.phase == .idle else { return [] }
        self.phase = .starting
        return self.proceed(now: now)
    }

    /// The tree is to stop, in whatever phase it is.
    mutating func shutdownCalled(now: Instant) -> [Action] {
        self.close(.shutdown, now: now) + self.proceed(now: now)
    }

    /// The time to stop is over, whether or not it had begun.
    mutating func cutShort(now: Instant) -> [Action] {
        let actions = self.close(.shutdown, now: now)
        self.cutAt = now
        return actions + self.proceed(now: now)
    }

    /// A child's instance called `started()`.
    mutating func started(_ child: Int, _ generation: Int, now: Instant) -> [Action] {
        self.forward(child, now: now) { $0.started(generation, now: now) }
    }

    /// A child's instance gave its sign of life.
    mutating func answered(_ child: Int, _ generation: Int) {
        self.children[child].answered(generation)
    }

    /// A child's `stop()` is back.
    mutating func drained(_ child: Int, _ generation: Int, now: Instant) -> [Action] {
        self.forward(child, now: now) { $0.drained(generation) }
    }

    /// A child's `run` is back, with an error or without.
    mutating func ended(_ child: Int, _ generation: Int, cause: Cause?, now: Instant, random: Double) -> [Action] {
        self.forward(child, now: now) { $0.ended(generation, cause: cause, now: now, random: random) }
    }

    /// Time has passed.
    mutating func tick(now: Instant, random: Double) -> [Action] {
        var actions: [Action] = []
        for child in self.children.indices {
            actions += self.forward(child, now: now) { $0.tick(now: now, random: random) }
        }
        return actions
    }

    private mutating func forward(
        _ child: Int,
        now: Instant,
        _ input: (inout ChildMachine) -> [ChildMachine.Action]
    ) -> [Action] {
        self.lendAccount(to: child)
        let actions = input(&self.children[child])
        if self.account != nil { self.account = self.children[child].budget }
        return actions.map { .child(child, $0) } + self.regroup(after: child) + self.proceed(now: now)
    }

    /// Of children that are restarted together, only time in which all are up counts as well.
    private mutating func lendAccount(to child: Int) {
        guard let account = self.account else { return }
        self.children[child].budget = account
        self.children[child].wellSince = self.upSince
    }

    private mutating func proceed(now: Instant) -> [Action] {
        switch self.phase {
        case .starting, .running, .regrouping:
            guard let outcome = self.children.lazy.compactMap(\.demand).first else { return self.goOn(now: now) }
            return self.close(outcome, now: now) + self.proceed(now: now)
        case .stopping(let outcome):
            return self.stopNext(outcome, now: now)
        case .idle, .finished:
            return []
        }
    }

    private mutating func goOn(now: Instant) -> [Action] {
        switch self.phase {
        case .starting: self.startNext(now: now)
        case .regrouping(let group): self.stopNext(of: group, now: now)
        case .idle, .running, .stopping, .finished: []
        }
    }

    /// A child starts when every child before it is settled: start order is the order of dependence, and
    /// one that crashed meanwhile is waited for.
    mutating func startNext(now: Instant) -> [Action] {
        guard let next = self.children.firstIndex(where: { !$0.isSettled }) else {
            self.phase = .running
            self.upSince = now
            return [.ready]
        }
        guard self.children[next].state == .waiting else { return [] }
        let actions = self.children[next].start(now: now).map { Action.child(next, $0) }
        return self.children[next].demand == nil ? actions : actions + self.proceed(now: now)
    }

    private mutating func stopNext(_ outcome: Outcome, now: Instant) -> [Action] {
        let left = self.leaveBehind(now: now)
        guard let next = self.children.lastIndex(where: { !$0.isDown }) else {
            self.phase = .finished(outcome)
            return left + [.finish]
        }
        return left + self.children[next].stop(now: now).map { .child(next, $0) }
    }

    private mutating func leaveBehind(now: Instant) -> [Action] {
        guard let cutAt = self.cutAt, now >= cutAt else { return [] }
        if let stopLimit = self.stopLimit, now - cutAt > Standstill.allowed {
            self.cutAt = now + stopLimit
            return []
        }
        return self.children.indices.reversed().flatMap { child in
            self.children[child].abandon(after: self.stopLimit ?? .zero).map { .child(child, $0) }
        }
    }

    private mutating func close(_ outcome: Outcome, now: Instant) -> [Action] {
        switch self.phase {
        case .idle, .starting, .running, .regrouping: self.phase = .stopping(outcome)
        case .stopping, .finished: return []
        }
        self.cutAt = self.stopLimit.map { now + $0 }
        return self.children.indices.flatMap { child in
            self.children[child].close().map { .child(child, $0) }
        }
    }
}
