/// The times and sizes by which clients behave.
struct ClientHabits: Sendable {
    /// The bounds of the first pause before a client comes back; each in a row is up to twice as long.
    ///
    /// Contract §3.5 has 1 s to 30 s for real clients. A soak has a fault each 10 s and looks at those who are there.
    var backoff: ClosedRange<Duration> = .milliseconds(50) ... .seconds(5)
    /// How long a steady client stays before its next pause is a first one again.
    var calm = Duration.seconds(10)
    /// How long a connect, and then an answer to the upgrade, may take.
    var answerPatience = Duration.seconds(10)
    /// How long the other side has to end a connection after a close frame.
    var closePatience = Duration.seconds(2)
    /// How long a half-open client stays where nobody ends its connection.
    var halfOpenPatience = Duration.seconds(60)
    /// How long slow and half-open clients stay away.
    var returnPause: ClosedRange<Duration> = .seconds(1) ... .seconds(5)
    /// What a slow client reads at a time: 20 KiB/s with its pause, where 200 messages a second are about 35.
    var slowBite = 1 << 10
    /// How long a slow client doesn't read then.
    var slowPause = Duration.milliseconds(50)
    /// SO_RCVBUF of a slow client, of which Linux makes double.
    var slowReceiveBuffer: Int32 = 4 << 10
    /// How long a churning client stays.
    var churnStay: ClosedRange<Duration> = .milliseconds(200) ... .seconds(5)
    /// How long a churning client stays away.
    var churnPause: ClosedRange<Duration> = .milliseconds(100) ... .seconds(2)
}

extension ClientHabits {
    /// How long a client stays away that wasn't let in, or lost its connection.
    ///
    /// - Parameters:
    ///   - failures: how many there were before in a row.
    ///   - random: a draw for the whole of the jitter.
    /// - Returns: from nothing to the bound, so that all don't come back together.
    func backoffPause(after failures: Int, _ random: inout ClientRandom) -> Duration {
        // Beyond 2^20 every bound is the upper one.
        let bound = min(self.backoff.lowerBound * (1 << min(failures, 20)), self.backoff.upperBound)
        return random.duration(in: .zero...bound)
    }
}

/// The chance of one client, the same in every run of a seed.
struct ClientRandom: RandomNumberGenerator, Sendable {
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - seed: the crowd's.
    ///   - client: whose chance it is.
    init(seed: UInt64, client: Int) {
        // Seeds that are far from each other: SplitMix64 takes any.
        self.generator = SeededGenerator(seed: seed &+ UInt64(truncatingIfNeeded: client) &* 0xD134_2543_DE82_EF95)
    }

    mutating func next() -> UInt64 { self.generator.next() }

    /// A time between the bounds, all as likely.
    mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double.random(in: 0...1, using: &self)
    }
}
