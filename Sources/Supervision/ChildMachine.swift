/// One child through all its generations: when it is made, watched, given up and stopped.
///
/// Each input names the generation that it comes from; one of an older generation, or one that the
/// state has no use for any more, changes nothing. That is the fence around instances left behind.
struct ChildMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    let spec: ChildSpec
    /// The child's path below the root, for events.
    let name: String
    var state = State.waiting
    var lastFailure: String?
    /// The generations that were abandoned and whose `run` isn't back; no more than ``mostLeftBehind``.
    var leftBehind: Set<Int> = []
    /// What is left of the restarts granted; the supervisor lends it where children share one account.
    var budget: RestartBudget
    /// Since when the instance is well; nil while it isn't up.
    ///
    /// The supervisor lends it where children share one account: then it is the group that has to be up.
    var wellSince: Instant?
    private(set) var generation = 0
    private(set) var hasStarted = false
    var isClosing = false
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
        guard now - deadline <= Standstill.allowed || !self.renewDeadline(now: now) else { return [] }
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

    /// The deadline of a start or a stop passed while the process stood still: it begins anew.
    private mutating func renewDeadline(now: Instant) -> Bool {
        let abandonAt = now + self.spec.stopDeadline
        switch self.state {
        case .starting: self.state = .starting(overdueAt: now + self.spec.startDeadline)
        case .ending(_, let sequel): self.state = .ending(abandonAt: abandonAt, then: sequel)
        case .stopping(_, let drained, let ended):
            self.state = .stopping(abandonAt: abandonAt, drained: drained, ended: ended)
        case .waiting, .running, .backingOff, .stopped, .failed: return false
        }
        return true
    }

    private mutating func refuseStart() -> [Action] {
        let cause = Cause(ChildFault.leftBehind(self.leftBehind.count))
        self.lastFailure = cause.text
        self.state = .failed(.gaveUp(cause))
        return [.failed(child: self.name, reason: cause.text), .gaveUp(child: self.name, reason: cause.text)]
            .map { .report($0) }
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

    mutating func settle(_ sequel: Sequel) -> [Action] {
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
