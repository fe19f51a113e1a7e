/// What one peer may send: a token bucket for data frames and one for control frames, which fill at the same moments.
///
/// Each holds so many frames as come in two seconds, and one at least. The limits, which all peers share, are handed in.
struct FrameBudget: Sendable {
    private var data: Double
    private var control: Double
    private var filledAt: ContinuousClock.Instant

    init(limits: InboundLimits, now: ContinuousClock.Instant) {
        self.data = Self.capacity(limits.dataFramesPerSecond)
        self.control = Self.capacity(limits.controlFramesPerSecond)
        self.filledAt = now
    }

    /// Whether a frame that came `now` is within its budget; one that is has been paid for.
    mutating func take(isControl: Bool, now: ContinuousClock.Instant, limits: InboundLimits) -> Bool {
        guard limits.dataFramesPerSecond > 0 else { return true }
        self.fill(now: now, limits: limits)
        return isControl ? Self.pay(from: &self.control) : Self.pay(from: &self.data)
    }

    private mutating func fill(now: ContinuousClock.Instant, limits: InboundLimits) {
        let seconds = max(0, (now - self.filledAt) / .seconds(1))
        self.filledAt = max(now, self.filledAt)
        let (data, control) = (limits.dataFramesPerSecond, limits.controlFramesPerSecond)
        self.data = min(Self.capacity(data), self.data + seconds * data)
        self.control = min(Self.capacity(control), self.control + seconds * control)
    }

    private static func pay(from tokens: inout Double) -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    private static func capacity(_ framesPerSecond: Double) -> Double {
        max(1, 2 * framesPerSecond)
    }
}
