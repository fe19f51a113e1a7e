/// Tells a living client from one that vanished or takes nothing: pings, awaits pongs, watches the socket's progress.
///
/// | event | action |
/// | --- | --- |
/// | `pingInterval` has passed since the last ping was answered, or since the start | `.ping` |
/// | no pong `pongTimeout` after the ping was written | `.noPong` (closed with 4012) |
/// | bytes wait in the socket and none was taken for `writeStall` | `.stalled` (closed with 4008) |
///
/// It is looked at when it asks for it (`nextLook`). Between two looks it doesn't see whether bytes wait, so that they
/// count from the look that finds them; `observe` is a look without consequences, for a write that the socket didn't
/// take whole. The limits, which all sessions share, are handed in: a session's heartbeat takes 36 bytes.
package struct Heartbeat: Sendable {
    /// What a tick asks for.
    package enum Action: Equatable, Sendable {
        case none
        case ping(payload: UInt64)
        case noPong
        case stalled
    }

    private enum Ping {
        case due(Moment)
        case sent
        case written(at: Moment)
    }

    private static let noRoundTrip = UInt32.max
    /// What a stall may be noticed late by, as a share of `writeStall`.
    private static let stallShare = 8

    private var progressedAt: Moment
    private var taken = 0
    private var ping: Ping
    private var isPending = false
    private var payload: UInt32 = 0
    private var roundTripMicroseconds = Self.noRoundTrip

    /// Starts with the first ping due after one interval.
    package init(limits: HeartbeatLimits, now: Moment) {
        self.ping = .due(now + limits.pingInterval)
        self.progressedAt = now
    }

    /// The time from the last ping's write to its pong, in whole microseconds, at most 71 min; nil before the first pong.
    package var roundTrip: Duration? {
        self.roundTripMicroseconds == Self.noRoundTrip ? nil : .microseconds(Int64(self.roundTripMicroseconds))
    }
}

// MARK: Looks
extension Heartbeat {
    /// Looks at the clock and at the socket.
    ///
    /// - Parameters:
    ///   - now: the time of the look.
    ///   - taken: bytes that the kernel has taken since the connection began.
    ///   - pending: bytes that were handed to the socket and that the kernel has not taken.
    ///   - limits: those of the start.
    /// - Returns: what is to be done now.
    package mutating func ticked(now: Moment, taken: Int, pending: Int, limits: HeartbeatLimits) -> Action {
        self.observe(taken: taken, pending: pending, now: now)
        if self.isPending, now - self.progressedAt >= limits.writeStall { return .stalled }
        switch self.ping {
        case .due(let deadline) where deadline <= now: return self.sendPing()
        case .written(let at) where now - at >= limits.pongTimeout: return .noPong
        default: return .none
        }
    }

    /// Looks at the socket alone: from the call that finds bytes waiting a stall is counted.
    package mutating func observe(taken: Int, pending: Int, now: Moment) {
        if pending == 0 || !self.isPending || taken != self.taken { self.progressedAt = now }
        self.taken = taken
        self.isPending = pending > 0
    }

    /// When `ticked` has to be called next, as of a look at `now`.
    ///
    /// Before it, `ticked` would say `.none`, whatever comes meanwhile: bytes, pongs, or a ping's write. So one timer does
    /// for a session, and never has to be set earlier. It comes after `writeStall` at most, so that bytes which begin to
    /// wait after a look, and are observed then, are counted in time; and each eighth of that while bytes wait, so that a
    /// socket which takes a little and then nothing is noticed no later than so.
    package func nextLook(now: Moment, limits: HeartbeatLimits) -> Moment {
        let wait = self.isPending ? limits.writeStall / Self.stallShare : limits.writeStall
        let look = min(self.nextBeat(now: now, limits: limits), now + wait)
        return self.isPending ? min(look, self.progressedAt + limits.writeStall) : look
    }

    private func nextBeat(now: Moment, limits: HeartbeatLimits) -> Moment {
        switch self.ping {
        case .due(let deadline): deadline
        case .sent: now + min(limits.pongTimeout, limits.pingInterval)
        case .written(let at): min(at + limits.pongTimeout, now + limits.pingInterval)
        }
    }
}

// MARK: Ping and pong
extension Heartbeat {
    /// Starts the clock of the pong: the ping is on its way.
    package mutating func pingWritten(now: Moment) {
        if case .sent = self.ping { self.ping = .written(at: now) }
    }

    /// Takes the answer; a pong that answers no ping of ours is ignored (RFC 6455 §5.5.3).
    package mutating func pongReceived(payload: UInt64?, now: Moment, limits: HeartbeatLimits) {
        guard case .written(let at) = self.ping, payload == UInt64(self.payload) else { return }
        self.roundTripMicroseconds = min(UInt32(clamping: (now - at).wholeNanoseconds / 1000), Self.noRoundTrip - 1)
        self.ping = .due(now + limits.pingInterval)
    }

    private mutating func sendPing() -> Action {
        self.payload &+= 1
        self.ping = .sent
        return .ping(payload: UInt64(self.payload))
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
