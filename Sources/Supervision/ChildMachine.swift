/// One child through all its generations: when it is made, watched, given up and stopped.
///
/// Each input names the generation that it comes from; one of an older generation, or one that the
/// state has no use for any more, changes nothing. That is the fence around instances left behind.
struct ChildMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    let spec: ChildSpec
    /// The child's path below the root, for events.
    let name: String
    private(set) var state = State.waiting
    private(set) var lastFailure: String?
    /// The generations that were abandoned and whose `run` isn't back; no more than ``mostLeftBehind``.
    private(set) var leftBehind: Set<Int> = []
    /// What is left of the restarts granted; the supervisor lends it where children share one account.
    var budget: RestartBudget
    /// Since when the instance is well; nil while it isn't up.
    ///
    /// The supervisor lends it where children share one account: then it is the group that has to be up.
    var wellSince: Instant?
    private(set) var generation = 0
    private(set) var hasStarted = false
    private(set) var isClosing = false
    let backoff: Backoff
    private let liveness: Liveness?

    init(
        _ spec: ChildSpec,
        below path: String = "",
        intensity: RestartIntensity,
        backoff: Backoff,
        liveness: Liveness?
    ) {
        self.spec = spec
        self.name = path + spec.id
        self.budget = RestartBudget(intensity)
        self.backoff = backoff
        self.liveness = liveness
    }

    /// When ``tick(now:random:)`` has something to do; nil: nothing waits for time.
    var nextDeadline: Instant? {
        switch self.state {
        case .starting(let overdueAt): overdueAt
        case .running(let watch): self.isClosing ? nil : watch?.nextRound
        case .ending(let abandonAt, _): abandonAt
        case .backingOff(let until): until
        case .stopping(let abandonAt, _, _): abandonAt
        case .waiting, .stopped, .failed: nil
        }
    }

    /// Begins the next generation, unless too many of those before it still run.
    mutating func start(now: Instant) -> [Action] {
        guard self.leftBehind.count < Self.mostLeftBehind else { return self.refuseStart() }
        self.generation += 1
        self.wellSince = nil
        self.state = .starting(overdueAt: now + self.spec.startDeadline)
        return [.start(generation: self.generation)]
    }

    /// The instance called `started()`.
    mutating func started(_ generation: Int, now: Instant) -> [Action] {
        guard generation == self.generation, case .starting = self.state else { return [] }
        self.hasStarted = true
        self.wellSince = now
        self.state = .running(self.liveness.map { LivenessWatch($0, since: now) })
        return [.report(.started(child: self.name))]
    }

    /// The instance gave the sign of life that it was asked for.
    mutating func answered(_ generation: Int) {
        guard generation == self.generation, case .running(var watch) = self.state else { return }
        watch?.answered()
        self.state = .running(watch)
    }

    /// The instance's `run` is back, with an error or without.
    mutating func ended(_ generation: Int, cause: Cause?, now: Instant, random: Double) -> [Action] {
        self.leftBehind.remove(generation)
        guard generation == self.generation else { return [] }
        switch self.state {
        case .starting, .running:
            guard cause != nil || !self.mayReturn else { return [.release] + self.settle(.stop) }
            return self.failed(cause ?? Cause(ChildFault.returned), isAlive: false, now: now, random: random)
        case .ending(_, let sequel):
            return [.release] + self.settle(sequel)
        case .stopping(let abandonAt, let drained, _):
            return self.note(cause) + self.stop(abandonAt: abandonAt, drained: drained, ended: true)
        case .waiting, .backingOff, .stopped, .failed:
            return []
        }
    }

    /// The instance's `stop()` is back.
    mutating func drained(_ generation: Int) -> [Action] {
        guard generation == self.generation, case .stopping(let abandonAt, _, let ended) = self.state else { return [] }
        return self.stop(abandonAt: abandonAt, drained: true, ended: ended)
    }

    /// Time has passed; acts on what is due at `now`.
    mutating func tick(now: Instant, random: Double) -> [Action] {
        guard let deadline = self.nextDeadline, now >= deadline else { return [] }
        switch self.state {
        case .starting:
            let cause = Cause(ChildFault.startOverdue(self.spec.startDeadline))
            return self.failed(cause, isAlive: true, now: now, random: random)
        case .running(let watch):
            return self.round(watch, now: now, random: random)
        case .ending(_, let sequel):
            return self.leaveBehind() + self.settle(sequel)
        case .backingOff:
            return self.start(now: now)
        case .stopping:
            return self.abandon(after: self.spec.stopDeadline)
        case .waiting, .stopped, .failed:
            return []
        }
    }

    /// The tree begins to stop: from here on nothing of this child is restarted, or missed when it returns.
    mutating func close() -> [Action] {
        self.isClosing = true
        switch self.state {
        case .waiting:
            self.state = .stopped
            return []
        case .backingOff:
            return self.settle(.stop)
        case .ending(let abandonAt, .restart), .ending(let abandonAt, .wait):
            self.state = .ending(abandonAt: abandonAt, then: .stop)
            return []
        case .starting, .running, .ending, .stopping, .stopped, .failed:
            return []
        }
    }

    /// The child's group goes down to be started again: from here on it is as with ``close()``, but for the end.
    mutating func recall() {
        self.isClosing = true
        switch self.state {
        case .backingOff: self.state = .waiting
        case .ending(let abandonAt, .restart): self.state = .ending(abandonAt: abandonAt, then: .wait)
        case .waiting, .starting, .running, .ending, .stopping, .stopped, .failed: return
        }
    }

    /// The child's group is down: it waits for its turn to start again, unless it is temporary and had its time.
    mutating func reopen() {
        self.isClosing = false
        guard self.spec.restart != .temporary else { return }
        self.state = .waiting
    }

    /// The child's turn to stop has come; one that hasn't started yet has nothing to drain.
    mutating func stop(now: Instant) -> [Action] {
        let abandonAt = now + self.spec.stopDeadline
        let report = Action.report(.stopping(child: self.name))
        switch self.state {
        case .starting:
            self.state = .stopping(abandonAt: abandonAt, drained: true, ended: false)
            return [report, .cancel]
        case .running:
            self.state = .stopping(abandonAt: abandonAt, drained: false, ended: false)
            return [report, .drain]
        case .waiting, .ending, .backingOff, .stopping, .stopped, .failed:
            return []
        }
    }

    /// The time to stop is over: whatever still runs is left behind.
    mutating func abandon(after limit: Duration) -> [Action] {
        guard !self.isDown else { return [] }
        let actions = [.cancel] + self.leaveBehind()
        self.lastFailure = ChildFault.stopOverdue(limit).description
        self.state = .failed(.tolerated)
        return actions
    }

    private mutating func leaveBehind() -> [Action] {
        if self.isAtWork { self.leftBehind.insert(self.generation) }
        let reports = [SupervisionEvent.abandoned(child: self.name)]
        let more = [SupervisionEvent.leftBehind(child: self.name, count: self.leftBehind.count)]
        return [.release] + (self.leftBehind.count > 1 ? reports + more : reports).map { .report($0) }
    }

    private mutating func refuseStart() -> [Action] {
        let cause = Cause(ChildFault.leftBehind(self.leftBehind.count))
        self.lastFailure = cause.text
        self.state = .failed(.gaveUp(cause))
        return [.failed(child: self.name, reason: cause.text), .gaveUp(child: self.name, reason: cause.text)]
            .map { .report($0) }
    }

    /// It failed though it was to end anyway; a cancellation that it hands on is none.
    private mutating func note(_ cause: Cause?) -> [Action] {
        guard let cause, !cause.isCancellation else { return [] }
        self.lastFailure = cause.text
        return [.report(.failed(child: self.name, reason: cause.text))]
    }

    private mutating func stop(abandonAt: Instant, drained: Bool, ended: Bool) -> [Action] {
        guard !(drained && ended) else { return [.release] + self.settle(.stop) }
        self.state = .stopping(abandonAt: abandonAt, drained: drained, ended: ended)
        return drained ? [.cancel] : []
    }

    private mutating func round(_ watch: LivenessWatch?, now: Instant, random: Double) -> [Action] {
        guard var watch, let liveness = self.liveness else { return [] }
        let action = watch.tick(now: now)
        self.state = .running(watch)
        switch action {
        case .none: return []
        case .ask: return [.ask]
        case .unresponsive:
            let cause = Cause(ChildFault.unresponsive(liveness.deadline))
            return [.report(.unresponsive(child: self.name))]
                + self.failed(cause, isAlive: true, now: now, random: random)
        }
    }

    private mutating func failed(_ cause: Cause, isAlive: Bool, now: Instant, random: Double) -> [Action] {
        self.lastFailure = cause.text
        let (sequel, event) = self.judge(cause, now: now, random: random)
        let reports = [.failed(child: self.name, reason: cause.text), event].compactMap { $0.map(Action.report) }
        guard isAlive else { return [.release] + reports + self.settle(sequel) }
        self.state = .ending(abandonAt: now + self.spec.stopDeadline, then: sequel)
        return [.cancel] + reports
    }

    private mutating func settle(_ sequel: Sequel) -> [Action] {
        switch sequel {
        case .restart(let instant):
            self.state = .backingOff(until: instant)
            return []
        case .wait:
            self.state = .waiting
            return []
        case .stop:
            self.state = .stopped
            return [.report(.stopped(child: self.name))]
        case .fail(let verdict):
            self.state = .failed(verdict)
            return []
        }
    }
}
