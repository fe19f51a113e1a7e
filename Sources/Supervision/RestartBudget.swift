/// How many restarts are granted in how long a time.
package struct RestartIntensity: Sendable, Equatable {
    /// Restarts granted in any span of ``period``: the default is 5, and 0 grants none.
    package let restarts: Int

    /// The length of the sliding window; the default is 30 s.
    package let period: Duration

    /// An intensity; the defaults are those of the contract (§2, "Crashes").
    package init(restarts: Int = 5, period: Duration = .seconds(30)) {
        self.restarts = restarts
        self.period = period
    }
}

/// A sliding window over failures that says whether one more restart is within the intensity.
///
/// Only granted failures are remembered, so that it never holds more than
/// ``RestartIntensity/restarts`` instants, and none before the first failure.
package struct RestartBudget: Sendable, Equatable {
    private let intensity: RestartIntensity
    private var granted: [ContinuousClock.Instant] = []

    /// A budget of which nothing is spent.
    package init(_ intensity: RestartIntensity) {
        self.intensity = intensity
    }

    /// Failures granted within the period, as of the last one: which attempt in a row the next restart is.
    package var attempt: Int { self.granted.count }

    /// Spends one restart, if there is one left at `now`.
    ///
    /// A failure leaves the window exactly one period after it came.
    ///
    /// - Parameter now: When the failure came; not before that of the call before.
    /// - Returns: Whether a restart is granted; false means: give up.
    package mutating func failed(at now: ContinuousClock.Instant) -> Bool {
        self.granted.removeAll { $0.duration(to: now) >= self.intensity.period }
        guard self.granted.count < self.intensity.restarts else { return false }
        self.granted.append(now)
        return true
    }
}
