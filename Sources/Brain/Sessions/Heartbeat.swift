/// Tells a living client from one that vanished or takes nothing: pings, awaits pongs, watches the socket's progress.
///
/// | event | action |
/// | --- | --- |
/// | `pingInterval` has passed since the last ping was answered, or since the start | `.ping` |
/// | no pong `pongTimeout` after the ping was written | `.noPong` (closed with 4012) |
/// | bytes wait in the socket and none was taken for `writeStall` | `.stalled` (closed with 4008) |
package struct Heartbeat {
    /// What a tick asks for.
    package enum Action: Equatable, Sendable {
        case none
        case ping(payload: UInt64)
        case noPong
        case stalled
    }

    private enum Ping {
        case due(ContinuousClock.Instant)
        case sent
        case written(at: ContinuousClock.Instant)
    }

    /// The time from the last ping's write to its pong.
    package private(set) var roundTrip: Duration?
    private let limits: HeartbeatLimits
    private var ping: Ping
    private var payload: UInt64 = 0
    private var progress: (taken: Int, at: ContinuousClock.Instant)

    /// Starts with the first ping due after one interval.
    package init(limits: HeartbeatLimits, now: ContinuousClock.Instant) {
        self.limits = limits
        self.ping = .due(now + limits.pingInterval)
        self.progress = (0, now)
    }

    /// Looks at the clock and at the socket.
    ///
    /// - Parameters:
    ///   - now: the time of the tick.
    ///   - taken: bytes that the kernel has taken since the connection began.
    ///   - pending: bytes that were handed to the socket and that the kernel has not taken.
    /// - Returns: what is to be done now.
    package mutating func ticked(now: ContinuousClock.Instant, taken: Int, pending: Int) -> Action {
        if pending == 0 || taken != self.progress.taken { self.progress = (taken, now) }
        guard now - self.progress.at < self.limits.writeStall else { return .stalled }
        switch self.ping {
        case .due(let deadline) where deadline <= now: return self.sendPing()
        case .written(let at) where now - at >= self.limits.pongTimeout: return .noPong
        default: return .none
        }
    }

    /// Starts the clock of the pong: the ping is on its way.
    package mutating func pingWritten(now: ContinuousClock.Instant) {
        if case .sent = self.ping { self.ping = .written(at: now) }
    }

    /// Takes the answer; a pong that answers no ping of ours is ignored (RFC 6455 §5.5.3).
    package mutating func pongReceived(payload: UInt64?, now: ContinuousClock.Instant) {
        guard case .written(let at) = self.ping, payload == self.payload else { return }
        self.roundTrip = now - at
        self.ping = .due(now + self.limits.pingInterval)
    }

    private mutating func sendPing() -> Action {
        self.payload &+= 1
        self.ping = .sent
        return .ping(payload: self.payload)
    }
}

/// How long a client may be silent or slow (contract §1, `--ping-interval`, `--pong-timeout`, `--write-stall`).
package struct HeartbeatLimits: Sendable {
    /// From the start, or from a pong, to the next ping.
    package var pingInterval: Duration
    /// From the ping's write to its pong.
    package var pongTimeout: Duration
    /// How long a socket with bytes to take may take none.
    package var writeStall: Duration

    /// Makes the limits; the defaults are the contract's.
    package init(
        pingInterval: Duration = .seconds(25),
        pongTimeout: Duration = .seconds(10),
        writeStall: Duration = .seconds(10)
    ) {
        self.pingInterval = pingInterval
        self.pongTimeout = pongTimeout
        self.writeStall = writeStall
    }

    /// A quarter of the shortest of them, from 10 ms to 250 ms: how often a shard has to look.
    package var tick: Duration {
        let shortest = min(self.pingInterval, self.pongTimeout, self.writeStall)
        return min(max(shortest / 4, .milliseconds(10)), .milliseconds(250))
    }
}
