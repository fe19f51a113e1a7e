import WebSocket

// MARK: What the Auditor wants to know, and puts right
extension SessionShard {
    /// Looks for what should not be: sessions without a socket and sockets without a session, ended sessions that are
    /// still alive, byte counts that don't add up.
    ///
    /// All of one turn of the event loop, in which no session of it is on its way in or out.
    ///
    /// - Parameters:
    ///   - census: of the book of admissions; each session's lease is told that it was found.
    ///   - now: the time.
    /// - Returns: what was found, with the counts of the shard.
    package func audit(census: Int = 0, now: ContinuousClock.Instant = .now) -> ShardAudit {
        ShardAudit(
            open: self.records.count,
            counted: self.presence.sockets,
            leased: self.findSessions(census),
            gone: self.gone,
            dead: self.dead,
            strays: self.strays,
            handlerless: self.handlerless(now: now),
            misplaced: self.misplaced,
            isIdle: self.isIdle,
            miscounted: self.miscounted.map(\.channel.facts.id),
            lingering: self.ended.alive(now: now)
        )
    }

    /// Sessions of the shard that have lost their socket, since the start.
    var gone: Int { self.totals.closed + self.dead.count }

    private var dead: [SessionID] { self.records.values.filter { !$0.channel.isAlive }.map(\.channel.facts.id) }

    private var strays: [SessionID] { self.channels.values.filter { self.isStray($0) }.map(\.facts.id) }

    /// The handler follows the 101 at once: after the grace it is stuck, or has left.
    private func handlerless(now: ContinuousClock.Instant) -> [SessionID] {
        self.records.values.map(\.channel)
            .filter { $0.isAlive && now - $0.facts.since > AuditEvidence.grace && self.channels[$0.facts.id] == nil }
            .map(\.facts.id)
    }

    /// Each session is either caught up or behind, and nobody else is.
    private var misplaced: [SessionID] {
        let nowhere = self.records.values.filter { $0.place == nil && self.behind[$0.channel.facts.id] == nil }
        let unknown = self.caughtUp.records + self.behind.values
        return (nowhere + unknown.filter { self.records[$0.channel.facts.id] !== $0 }).map(\.channel.facts.id)
    }

    private var isIdle: Bool {
        self.caughtUp.outlet.isIdle && self.records.values.allSatisfy(\.channel.outlet.isIdle)
    }

    /// Tells each session's lease that a census has found it.
    ///
    /// - Returns: how many have one.
    func findSessions(_ census: Int) -> Int {
        self.records.values.count { $0.channel.found(inCensus: census) }
    }

    /// Puts the shard's part of the directory's count right.
    ///
    /// - Returns: false where it is right, or a session isn't in order, which comes first.
    func recountSockets() -> Bool {
        let open = self.records.count
        guard self.presence.sockets != open, self.dead.isEmpty, self.strays.isEmpty else { return false }
        self.presence.recount(sockets: open)
        return true
    }

    /// What waits for all that are caught up is added up once, and stands for the oldest of them: the same in each round.
    private var miscounted: [SessionRecord] {
        let alone = self.records.values.filter { $0.place == nil && !self.mailbox(of: $0).isBalanced }
        guard !self.caughtUp.outlet.mailbox.isBalanced else { return alone }
        let together = self.records.values.filter { $0.place != nil }
        return alone + [together.min { $0.channel.facts.since < $1.channel.facts.since }].compactMap(\.self)
    }

    /// Ends a session whose socket is gone, which nobody has noticed.
    ///
    /// - Returns: false where there is none, or its socket is there.
    func reapDead(_ id: SessionID) -> Bool {
        guard let record = self.records[id], !record.channel.isAlive else { return false }
        self.ended(id)
        return true
    }

    /// Closes a socket that has a session's handler, and no session on record.
    ///
    /// - Returns: false where there is none.
    func reapStray(_ id: SessionID) -> Bool {
        guard let channel = self.channels[id], self.isStray(channel) else { return false }
        channel.disconnect()
        channel.ended()
        return true
    }

    /// Ends the connection of a session whose handler isn't in its pipeline.
    ///
    /// - Returns: false where it is there, or the session gone.
    func reapHandlerless(_ id: SessionID) -> Bool {
        guard let channel = self.records[id]?.channel, self.channels[id] == nil else { return false }
        channel.disconnect()
        return true
    }

    /// Closes a session that is given no messages, since what it has missed can't be had again; stops giving them to one
    /// that isn't on record.
    ///
    /// - Returns: false where there is neither.
    func reapMisplaced(_ id: SessionID) -> Bool {
        guard self.misplaced.contains(id) else { return false }
        guard let record = self.records[id] else {
            self.behind[id] = nil
            for record in self.caughtUp.records where record.channel.facts.id == id { self.caughtUp.leave(record) }
            return true
        }
        self.behind[id] = record
        self.tell(record) { $0.close(.restarting, reason: "messages were lost", now: .now) }
        return true
    }

    /// Counts what waits for a session anew, and replaces its actor, which went by a wrong count.
    ///
    /// What waits for all that are caught up has one count, and no actor goes by it.
    ///
    /// - Returns: false where the count is right, or the session gone.
    func reapMiscounted(_ id: SessionID) -> Bool {
        guard let record = self.records[id], !self.mailbox(of: record).isBalanced else { return false }
        let bytes = self.mailbox(of: record).summedBytes
        guard record.place == nil else {
            self.caughtUp.recount(to: bytes)
            return true
        }
        record.channel.recount(to: bytes)
        self.enter(record, now: .now) { session throws(SessionFault) in throw .miscounted }
        return true
    }

    private func isStray(_ channel: SessionChannel) -> Bool {
        channel.isAlive && self.records[channel.facts.id] == nil
    }

    /// A session's handler stands in the pipeline of its socket from now on.
    func attached(_ channel: SessionChannel) {
        self.channels[channel.facts.id] = channel
    }

    /// A session's handler has left the pipeline of its socket.
    func detached(_ channel: SessionChannel) {
        self.channels[channel.facts.id] = nil
    }
}

/// What one shard says to the Auditor.
package struct ShardAudit: Sendable {
    /// Sessions on record.
    package let open: Int
    /// The shard's part of the directory's count.
    package let counted: Int
    /// Sessions on record that have an admission.
    package let leased: Int
    /// Sessions that have lost their socket since the start.
    package let gone: Int
    /// Those among them whose socket is gone.
    package let dead: [SessionID]
    /// Sockets that have a session's handler, of which no session is on record.
    package let strays: [SessionID]
    /// Sessions that have a socket, and no handler in its pipeline.
    package let handlerless: [SessionID]
    /// Sessions that are neither caught up nor behind, and what is one of these and no session.
    package let misplaced: [SessionID]
    /// Whether nothing waits for any session.
    package let isIdle: Bool
    /// Sessions whose waiting bytes don't add up.
    package let miscounted: [SessionID]
    /// Ended sessions whose actors are still alive.
    package let lingering: [LingeringSession]

    /// Whether every session has its socket, and every socket its session.
    var isOrderly: Bool { self.dead.isEmpty && self.strays.isEmpty && self.handlerless.isEmpty }
}
