/// How many messages may go to one session: a rate a second, and at most two seconds' worth at once (contract §1).
///
/// Updates over it wait, and are conflated meanwhile. Terminal messages are never refused, but use the rate up; what
/// they owe is bounded, so that updates go again after at most a second and the time of one token.
///
/// Like `TokenBucket` it knows only when it will be full again (GCRA, ITU-T I.371). That one isn't used because there is
/// one for each session here, asked for each message: this one takes 12 bytes instead of 32, whole batches at once, and
/// reckons in 64 bits.
package struct PushBudget: Sendable {
    /// What is left at once when nothing has gone for long, in nanoseconds of growth.
    private static let burst: Int64 = 2_000_000_000
    /// What terminal messages may owe, in nanoseconds of growth.
    private static let debt: Int64 = 1_000_000_000

    private var fullAt: Int64 = .min
    /// Nanoseconds in which a token grows; 0 lifts the limit.
    private let interval: UInt32

    /// Makes a full budget.
    ///
    /// - Parameter rate: Messages a second; 0, like anything that is no rate, lifts the limit. The slowest is one in 4 s.
    package init(rate: Double) {
        // Rounded down, so that 2 × rate tokens do fit into two seconds.
        self.interval = rate > 0 ? UInt32(min(1e9 / rate, Double(UInt32.max))) : 0
    }

    private var step: Int64 { Int64(self.interval) }

    /// A budget that grows more slowly than that still holds one token.
    private var depth: Int64 { max(Self.burst, self.step) }

    /// Takes what an amount of updates uses up.
    ///
    /// - Parameters:
    ///   - count: How many updates wait.
    ///   - now: The time of the question.
    /// - Returns: How many of them may go now.
    package mutating func take(_ count: Int, now: Moment) -> Int {
        guard self.step > 0 else { return count }
        let full = max(self.fullAt, now.nanoseconds)
        let tokens = Int64(min(max(count, 0), Int(self.room(until: full, now: now) / self.step)))
        self.fullAt = full + tokens * self.step
        return Int(tokens)
    }

    /// Counts terminal messages that went.
    package mutating func spend(terminals count: Int, now: Moment) {
        let full = max(self.fullAt, now.nanoseconds)
        let most = now.nanoseconds + self.depth + Self.debt
        let (used, overflow) = self.step.multipliedReportingOverflow(by: Int64(max(count, 0)))
        self.fullAt = overflow || used > most - full ? max(full, most) : full + used
    }

    /// When an update may go: now, or once a token has grown.
    package func nextToken(now: Moment) -> Moment {
        guard self.fullAt > now.nanoseconds else { return now }
        return max(now, Moment(nanoseconds: self.fullAt + self.step - self.depth))
    }

    /// Nanoseconds of growth that are there.
    private func room(until full: Int64, now: Moment) -> Int64 {
        max(0, now.nanoseconds + self.depth - full)
    }
}
