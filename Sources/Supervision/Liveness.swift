/// How often a running child is asked for a sign of life, and how long it may owe the answer.
package struct Liveness: Sendable, Equatable {
    /// Between two rounds of asking; the default is 2 s.
    package let interval: Duration

    /// A question unanswered for so long makes the child a failed one; the default is 10 s (contract §2, "Crashes").
    package let deadline: Duration

    /// A liveness rule; each default is told at its property.
    package init(interval: Duration = .seconds(2), deadline: Duration = .seconds(10)) {
        self.interval = interval
        self.deadline = deadline
    }
}

/// The questions to one instance: at most one is open at a time.
///
/// Silence is the time that the supervisor itself saw pass: a round that comes late adds at most two
/// intervals. So a process that was stopped, swapped out or starved of threads doesn't take its
/// children for dead when it comes back.
struct LivenessWatch: Sendable, Equatable {
    enum Action: Equatable {
        case none
        case ask
        case unresponsive
    }

    /// When ``tick(now:)`` has something to do.
    private(set) var nextRound: ContinuousClock.Instant
    private let liveness: Liveness
    private var lastRound: ContinuousClock.Instant
    /// How long the open question has waited; nil: none is open.
    private var silence: Duration?
    /// When the last question was asked.
    private var askedAt: ContinuousClock.Instant
    /// When the last question was asked that is answered; before the first one, the start.
    private var heardAt: ContinuousClock.Instant

    init(_ liveness: Liveness, since now: ContinuousClock.Instant) {
        self.liveness = liveness
        self.lastRound = now
        self.askedAt = now
        self.heardAt = now
        self.nextRound = now + liveness.interval
    }

    /// Up to when the instance is known to have been well: up to `now`, unless a whole round found it silent.
    func wellUntil(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        (self.silence ?? .zero) > .zero ? self.heardAt : now
    }

    mutating func tick(now: ContinuousClock.Instant) -> Action {
        guard now >= self.nextRound else { return .none }
        let elapsed = min(self.lastRound.duration(to: now), self.liveness.interval * 2)
        self.lastRound = now
        self.nextRound = now + self.liveness.interval
        guard let silence = self.silence else {
            self.silence = .zero
            self.askedAt = now
            return .ask
        }
        self.silence = silence + elapsed
        return silence + elapsed >= self.liveness.deadline ? .unresponsive : .none
    }

    mutating func answered() {
        self.silence = nil
        self.heardAt = self.askedAt
    }
}
