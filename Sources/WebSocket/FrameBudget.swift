/// A token bucket: so many frames a second, with a burst of twice as many, and of one frame at least.
struct FrameBudget: Sendable {
    private let rate: Double
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    private var capacity: Double { max(1, 2 * self.rate) }

    init(framesPerSecond: Double, now: ContinuousClock.Instant) {
        self.rate = framesPerSecond
        self.tokens = max(1, 2 * framesPerSecond)
        self.filledAt = now
    }

    /// Whether a frame that came `now` is within the budget; one that is has been paid for.
    mutating func take(now: ContinuousClock.Instant) -> Bool {
        guard self.rate > 0 else { return true }
        let elapsed = max(0, (now - self.filledAt) / .seconds(1))
        self.tokens = min(self.capacity, self.tokens + elapsed * self.rate)
        self.filledAt = max(now, self.filledAt)
        guard self.tokens >= 1 else { return false }
        self.tokens -= 1
        return true
    }
}
