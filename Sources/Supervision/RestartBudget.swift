/// How many restarts are granted in how long a time.
package struct RestartIntensity: Sendable, Equatable {
    /// Restarts granted in any ``period`` of being well: the default is 5, and 0 grants none.
    package let restarts: Int

    /// The length of the sliding window, in time of being well; the default is 30 s.
    package let period: Duration

    /// An intensity; the defaults are those of the contract (§2, "Crashes").
    package init(restarts: Int = 5, period: Duration = .seconds(30)) {
        self.restarts = restarts
        self.period = period
    }
}

/// A sliding window over failures that says whether one more restart is within the intensity.
///
/// The window slides by the time in which the one who fails was well, and by no other: what passes in pauses, in
/// starts and in silence forgives nothing. So one that hangs each time is given up, however long it takes to find
/// out, and so is one whose pauses are longer than the period.
///
/// Only granted failures are remembered: never more than ``RestartIntensity/restarts``, and none before the first.
package struct RestartBudget: Sendable, Equatable {
    private let intensity: RestartIntensity
    /// The failures granted, by ``time``.
    private var granted: [Duration] = []
    /// How long it was well, up to the last failure.
    private(set) var time = Duration.zero
    private var lastFailure: ContinuousClock.Instant?

    /// A budget of which nothing is spent.
    package init(_ intensity: RestartIntensity) {
        self.intensity = intensity
    }

    /// Failures granted within the window, as of the last one: which attempt in a row the next restart is.
    package var attempt: Int { self.granted.count }

    /// Spends one restart, if there is one left at `now`.
    ///
    /// A failure leaves the window after exactly one period of being well.
    ///
    /// - Parameters:
    ///   - now: When the failure came; not before that of the call before.
    ///   - well: How long it was well until this failure; no more counts than passed since the failure before. The
    ///     default is all of that: for one that is well again at once.
    /// - Returns: Whether a restart is granted; false means: give up.
    package mutating func failed(at now: ContinuousClock.Instant, wellFor well: Duration? = nil) -> Bool {
        let elapsed = self.lastFailure.map { $0.duration(to: now) } ?? well ?? .zero
        self.lastFailure = now
        self.time += min(elapsed, well ?? elapsed)
        let (time, period) = (self.time, self.intensity.period)
        self.granted.removeAll { time - $0 >= period }
        guard self.granted.count < self.intensity.restarts else { return false }
        self.granted.append(time)
        return true
    }
}
