extension ClientMachine {
    /// Someone wants it cut off: it comes back as after any other cut.
    mutating func reset(_ now: Instant, _ output: inout ClientOutput) {
        guard self.isOpen else { return }
        self.leave(.ownWill, .reset, now, &output)
    }

    /// It leaves, and doesn't come back.
    mutating func depart(_ now: Instant, _ output: inout ClientOutput) {
        switch self.state {
        case .resting: self.rest(nil, now)
        case .connecting, .upgrading:
            output.actions.append(.close(.reset))
            self.rest(nil, now)
        case .open:
            guard self.kind == .halfOpen else { return self.leaveByFrame(1000, .ownWill, rest: nil, now, &output) }
            self.leave(.ownWill, .reset, now, &output)
            self.rest(nil, now)
        case .closing(let deadline, _): self.state = .closing(deadline: deadline, rest: nil)
        case .gone: break
        }
    }

    /// A churning client has had enough.
    mutating func wander(_ now: Instant, _ output: inout ClientOutput) {
        switch self.random.next(upperBound: UInt64(3)) {
        case 0: self.leaveByFrame(1000, .ownWill, rest: self.returnPause(now), now, &output)
        case 1: self.leave(.ownWill, .plain, now, &output)
        default: self.leave(.ownWill, .reset, now, &output)
        }
    }

    /// Ends an open connection, and rests.
    mutating func leave(
        _ reason: LeaveReason,
        _ manner: CloseManner,
        _ now: Instant,
        _ output: inout ClientOutput
    ) {
        output.events.append(.left(client: self.client, reason))
        output.actions.append(.close(manner))
        self.rest(self.returnPause(now), now)
    }

    /// Sends a close frame and leaves it to the other side to end the connection (RFC 6455 §7.1.1).
    mutating func leaveByFrame(
        _ code: Int,
        _ reason: LeaveReason,
        rest: Duration?,
        _ now: Instant,
        _ output: inout ClientOutput
    ) {
        output.events.append(.left(client: self.client, reason))
        output.actions.append(.send(ClientFrame.close(code, key: self.maskKey())))
        self.reader = FrameReader()
        self.state = .closing(deadline: now + self.habits.closePatience, rest: rest)
    }

    /// How long it stays away after a connection that was open.
    mutating func returnPause(_ now: Instant) -> Duration {
        switch self.kind {
        case .steady:
            if case .open(let since, _) = self.state, now - since >= self.habits.calm { self.failures = 0 }
            return self.backoff()
        case .slow, .halfOpen: return self.random.duration(in: self.habits.returnPause)
        case .churning: return self.random.duration(in: self.habits.churnPause)
        }
    }

    /// RFC 6455 §5.3 wants a new one for each frame.
    mutating func maskKey() -> UInt32 {
        UInt32(truncatingIfNeeded: self.random.next())
    }
}
