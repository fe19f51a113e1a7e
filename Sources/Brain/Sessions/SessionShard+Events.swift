import Logging
import NIOCore
package import NIOWebSocket
package import WebSocket

// MARK: Events of the sockets, on the event loop
extension SessionShard {
    /// A frame of the client's: what it means doesn't depend on the actor, which is only to act upon it.
    package func received(_ frame: WebSocketFrame, from id: SessionID) {
        guard let record = self.records[id] else { return }
        let now = ContinuousClock.now
        switch record.channel.judge(frame, now: now) {
        case .ignored, .message: self.sort(record)
        case .pong(let payload):
            record.channel.pongReceived(payload, now: now)
            self.sort(record)
        case let action:
            self.insist(record, now: now) { session throws(SessionFault) in try session.received(action, now: now) }
        }
    }

    /// The socket takes bytes again, or for the first time.
    package func becameWritable(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        self.wake(record, now: .now)
    }

    /// Bytes of the client's that are no frame.
    package func undecodable(_ code: CloseCode, from id: SessionID) {
        guard let record = self.records[id] else { return }
        let reason = code == .tooLarge ? "message too large" : "not a WebSocket frame"
        self.tell(record) { $0.close(code, reason: reason, now: .now) }
    }

    /// The socket is gone.
    func lost(_ id: SessionID) {
        if let record = self.records[id] { self.sort(record) }
    }

    func ended(_ id: SessionID) {
        guard let record = self.records.removeValue(forKey: id) else { return }
        self.caughtUp.leave(record)
        self.behind[id] = nil
        self.courses.removeValue(forKey: id)?.cancel()
        self.presence.left()
        self.totals.closed += 1
        self.totals.counters += record.channel.counters
        self.ended.add(record, now: .now)
        record.channel.ended()
    }

    /// Looks at the sessions whose deadline has come.
    func ticked(now: ContinuousClock.Instant) {
        for deadline in self.deadlines.advance(to: Moment(now)) {
            switch deadline {
            case .look(let id): self.look(at: id, now: now)
            case .endOfClose(let id): self.tick(id, now: now)
            }
        }
    }

    private func look(at id: SessionID, now: ContinuousClock.Instant) {
        self.tick(id, now: now)
        guard let record = self.records[id] else { return }
        self.deadlines.schedule(.look(id), at: record.channel.nextLook(now: Moment(now)))
    }

    private func tick(_ id: SessionID, now: ContinuousClock.Instant) {
        guard let record = self.records[id] else { return }
        self.enter(record, now: now) { session throws(SessionFault) in try session.ticked(now: now) }
    }
}

// MARK: Crash and restart
extension SessionShard {
    /// Runs an entry point of a session; on a fault the session is replaced in the same turn, or evicted.
    ///
    /// What waited for the instance before may have no other event to wait for: the next one writes it.
    func enter(
        _ record: SessionRecord,
        now: ContinuousClock.Instant,
        _ event: @Sendable (isolated ClientSession) throws(SessionFault) -> Void
    ) {
        if self.attempt(record, now: now, event) { return self.sort(record) }
        self.wake(record, now: now)
    }

    /// Lets a session write what waits.
    func wake(_ record: SessionRecord, now: ContinuousClock.Instant) {
        self.insist(record, now: now) { session throws(SessionFault) in try session.becameWritable(now: now) }
    }

    /// The same for an event that must not be lost: each further instance meets it, until one has run it to its end.
    ///
    /// Only then is the session sorted: before, an empty mailbox doesn't say that nothing is owed. Who fails too often is
    /// closed, which is the end of it.
    func insist(
        _ record: SessionRecord,
        now: ContinuousClock.Instant,
        _ event: @Sendable (isolated ClientSession) throws(SessionFault) -> Void
    ) {
        defer { self.sort(record) }
        repeat {
            if self.attempt(record, now: now, event) { return }
        } while record.channel.closing == nil && record.channel.isAlive
    }

    private func attempt(
        _ record: SessionRecord,
        now: ContinuousClock.Instant,
        _ event: @Sendable (isolated ClientSession) throws(SessionFault) -> Void
    ) -> Bool {
        do {
            try record.session.assumeIsolated { session in try event(session) }
            return true
        } catch {
            self.crashed(record, error, now: now)
            return false
        }
    }

    /// Tells a session something that can't fail.
    func tell(_ record: SessionRecord, _ order: @Sendable (isolated ClientSession) -> Void) {
        record.session.assumeIsolated(order)
        self.sort(record)
    }

    private func crashed(_ record: SessionRecord, _ fault: any Error, now: ContinuousClock.Instant) {
        let id = record.channel.facts.id
        guard record.mayRestart(now: now) else {
            // One whose close has begun is on its way out, and counted, already.
            guard record.channel.closing == nil else { return record.channel.evict() }
            self.totals.evicted += 1
            self.logger.log(.error, "session evicted", [.session: "\(id)", .reason: "\(fault)"])
            self.replace(record, now: now)
            record.session.assumeIsolated { $0.close(.sessionFailed, reason: "the session failed", now: now) }
            record.channel.evict()
            return
        }
        self.totals.restarted += 1
        self.logger.log(.warning, "session restarted", [.session: "\(id)", .reason: "\(fault)"])
        self.replace(record, now: now)
        if record.isDraining { self.drainOne(id) }
    }

    private func replace(_ record: SessionRecord, now: ContinuousClock.Instant) {
        self.ended.watch(record.session, of: record.channel.facts.id, now: now)
        record.session = ClientSession(on: self.eventLoop, transport: record.channel)
        self.relapse(of: record.channel.facts.id, in: record.session)
    }
}
