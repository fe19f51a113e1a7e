/// How often something may happen: a rate a second, and at most two seconds' worth of it at once.
///
/// One instant says it all (the virtual scheduling of GCRA, ITU-T I.371): when the bucket will be full again. Each
/// token taken puts it off by the time that a token takes to grow.
package struct TokenBucket: Sendable {
    /// How long a token takes to grow; zero lifts the limit.
    private let interval: Duration
    private var fullAt: ContinuousClock.Instant

    /// Makes a full bucket.
    ///
    /// - Parameters:
    ///   - rate: Tokens a second; 0, like anything that is no rate, lifts the limit. The slowest is one token a day.
    ///   - now: The time at which it is full.
    package init(rate: Double, now: ContinuousClock.Instant) {
        // Rounded down to whole nanoseconds, so that 2 × rate tokens do fit into two seconds.
        let nanoseconds = rate > 0 ? min(1e9 / rate, 86_400e9) : 0
        self.interval = .nanoseconds(Int64(nanoseconds))
        self.fullAt = now
    }

    /// Two seconds' worth of tokens are 2 × rate; a bucket that grows more slowly than that still holds one.
    private var depth: Duration { max(.seconds(2), self.interval) }

    /// Takes a token; false, and nothing is taken, where there is none.
    package mutating func take(now: ContinuousClock.Instant) -> Bool {
        guard self.wait(now: now) == .zero else { return false }
        self.fullAt = max(self.fullAt, now) + self.interval
        return true
    }

    /// How long until there is a token; zero if there is one.
    package func wait(now: ContinuousClock.Instant) -> Duration {
        max(.zero, now.duration(to: max(self.fullAt, now)) + self.interval - self.depth)
    }

    /// Whether nothing is missing: such a bucket is no different from a new one, and needs no memory.
    package func isFull(now: ContinuousClock.Instant) -> Bool {
        self.fullAt <= now
    }
}
