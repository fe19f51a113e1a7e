/// A supervisor's decisions: whose turn it is to start or to stop, and when the whole tree ends.
///
/// Every input is passed on to its child; then the order of the tree is looked at again, so that no
/// input needs to know what it may set off elsewhere.
struct SupervisorMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Phase: Sendable, Equatable {
        /// Not run yet. To: starting, finished.
        case idle
        /// The first start, one child after the other. To: running, stopping.
        case starting
        /// Every child started once. To: stopping.
        case running
        /// Down in reverse order, one child after the other. To: finished.
        case stopping(Outcome)
        /// All are down.
        case finished(Outcome)
    }

    /// Why the tree ends.
    enum Outcome: Sendable, Equatable {
        case shutdown
        case startFailed(child: String, Cause)
        case gaveUp(child: String, reason: String)
    }

    enum Action: Sendable, Equatable {
        case child(Int, ChildMachine.Action)
        /// All are down: whoever waits for that goes on.
        case finish
    }

    private(set) var phase = Phase.idle
    private(set) var children: [ChildMachine]
    private let id: String

    init(id: String, children: [ChildMachine]) {
        self.id = id
        self.children = children
    }

    /// When ``tick(now:random:)`` has something to do; nil: nothing waits for time.
    var nextDeadline: Instant? { self.children.compactMap(\.nextDeadline).min() }

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
        self.close(.shutdown) + self.proceed(now: now)
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

    /// The whole tree; that of a supervisor that isn't restarted itself has no restarts.
    var snapshot: ChildSnapshot {
        ChildSnapshot(
            id: self.id,
            state: self.word,
            strategy: .oneForOne,
            restarts: 0,
            lastFailure: self.lastFailure,
            members: .children(self.children.map(\.snapshot))
        )
    }

    private mutating func forward(
        _ child: Int,
        now: Instant,
        _ input: (inout ChildMachine) -> [ChildMachine.Action]
    ) -> [Action] {
        input(&self.children[child]).map { .child(child, $0) } + self.proceed(now: now)
    }

    private mutating func proceed(now: Instant) -> [Action] {
        switch self.phase {
        case .starting, .running:
            guard let outcome = self.children.lazy.compactMap(\.demand).first else { return self.startNext(now: now) }
            return self.close(outcome) + self.proceed(now: now)
        case .stopping(let outcome):
            return self.stopNext(outcome, now: now)
        case .idle, .finished:
            return []
        }
    }

    /// A child starts when every child before it is settled: start order is the order of dependence, and
    /// one that crashed meanwhile is waited for.
    private mutating func startNext(now: Instant) -> [Action] {
        guard self.phase == .starting else { return [] }
        guard let next = self.children.firstIndex(where: { !$0.isSettled }) else {
            self.phase = .running
            return []
        }
        guard self.children[next].state == .waiting else { return [] }
        return self.children[next].start(now: now).map { .child(next, $0) }
    }

    private mutating func stopNext(_ outcome: Outcome, now: Instant) -> [Action] {
        guard let next = self.children.lastIndex(where: { !$0.isDown }) else {
            self.phase = .finished(outcome)
            return [.finish]
        }
        return self.children[next].stop(now: now).map { .child(next, $0) }
    }

    private mutating func close(_ outcome: Outcome) -> [Action] {
        switch self.phase {
        case .idle, .starting, .running: self.phase = .stopping(outcome)
        case .stopping, .finished: return []
        }
        return self.children.indices.flatMap { child in
            self.children[child].close().map { .child(child, $0) }
        }
    }

    private var word: ChildState {
        switch self.phase {
        case .idle, .finished(.shutdown): .stopped
        case .starting: .starting
        case .running: .running
        case .stopping: .stopping
        case .finished(.startFailed), .finished(.gaveUp): .failed
        }
    }

    private var lastFailure: String? {
        switch self.phase {
        case .stopping(.startFailed(let child, let cause)), .finished(.startFailed(let child, let cause)):
            "\(child): \(cause.text)"
        case .stopping(.gaveUp(let child, let reason)), .finished(.gaveUp(let child, let reason)):
            "\(child): \(reason)"
        case .idle, .starting, .running, .stopping(.shutdown), .finished(.shutdown):
            nil
        }
    }
}
