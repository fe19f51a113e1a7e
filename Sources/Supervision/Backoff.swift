/// The pause between a failure and the restart: it grows with each failure in a row, up to a bound.
///
/// With the defaults: 100, 200, 400, 800, 1600 ms, then 2 s, each cut by up to a half at random, so that
/// children that fell together don't come back together. Five in a row fit well into the 30 s of
/// ``RestartIntensity``: a child that can't start is given up, not retried for ever.
package struct Backoff: Sendable, Equatable {
    /// The pause before the first restart; the default is 100 ms.
    package let initial: Duration

    /// By how much the pause grows with each failure in a row, at least 1; the default is 2.
    package let factor: Double

    /// The longest pause; the default is 2 s.
    package let maximum: Duration

    /// The share of the pause that chance may take off, 0 to 1; the default is 0.5.
    package let jitter: Double

    /// A back-off; each default is told at its property.
    package init(
        initial: Duration = .milliseconds(100),
        factor: Double = 2,
        maximum: Duration = .seconds(2),
        jitter: Double = 0.5
    ) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// The pause before a restart.
    ///
    /// - Parameters:
    ///   - attempt: Which restart in a row it is, from 1.
    ///   - random: From 0 up to but not including 1; 0 gives the whole pause.
    /// - Returns: At most ``maximum``, and at least its share that jitter leaves.
    package func delay(attempt: Int, random: Double) -> Duration {
        var pause = min(self.initial, self.maximum)
        var step = 1
        while step < attempt, pause < self.maximum {
            pause = min(pause * self.factor, self.maximum)
            step += 1
        }
        return pause * (1 - self.jitter * random)
    }
}
