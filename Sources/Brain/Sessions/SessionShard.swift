package import Logging
package import NIOCore
package import NIOWebSocket
package import WebSocket

/// The sessions of one event loop: it delivers to them, wakes them, restarts what crashes, forgets what ends.
///
/// Its executor is the event loop, so that a broadcast costs one hop however many sessions there are, and an event of a
/// socket none.
package actor SessionShard {
    /// Its place in the list of all shards, and its name at the ledger.
    package nonisolated let index: Int

    /// Who is there, to be asked without a hop.
    package nonisolated let presence = ShardPresence()

    private let eventLoop: any EventLoop
    private let executor: any SerialExecutor
    private let settings: SessionSettings
    private let logger: Logger
    private var records: [SessionID: SessionRecord] = [:]
    private var ended = EndedSessions()
    private var totals = SessionTotals()
    private var acknowledged: UInt64 = 0
    private var ticks: RepeatedTask?

    /// The event loop that the shard is named after.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Makes a shard without sessions.
    package init(index: Int, eventLoop: any EventLoop, settings: SessionSettings, logger: Logger) {
        self.index = index
        self.eventLoop = eventLoop
        self.executor = eventLoop.executor
        self.settings = settings
        self.logger = logger
    }

    /// Looks at all sessions' clocks from now on, every quarter of the shortest deadline.
    package func start() {
        guard self.ticks == nil else { return }
        let interval = TimeAmount(self.settings.heartbeat.tick)
        self.ticks = self.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.assumeIsolated { $0.ticked(now: .now) }
        }
    }

    /// Stops looking.
    package func stop() {
        self.ticks?.cancel()
        self.ticks = nil
    }

    /// Takes a session in before its 101 goes out: what commits from now on is owed to it.
    ///
    /// - Parameters:
    ///   - channel: the socket, on this shard's event loop.
    ///   - facts: who is there.
    ///   - lease: the admission, given back when the socket ends.
    ///   - awaitsSnapshot: whether nothing goes out before a snapshot.
    /// - Returns: the handler to put into the pipeline after the 101.
    func register(
        _ channel: any Channel,
        facts: SessionFacts,
        lease: AdmissionLease,
        awaitsSnapshot: Bool
    ) -> SessionChannel {
        let socket = SessionChannel(
            channel: channel,
            shard: self,
            facts: facts,
            lease: lease,
            settings: self.settings,
            awaitsSnapshot: awaitsSnapshot
        )
        let session = ClientSession(on: self.eventLoop, transport: socket)
        self.records[facts.id] = SessionRecord(channel: socket, session: session)
        self.presence.joined(awaitsSnapshot: awaitsSnapshot)
        self.totals.accepted += 1
        channel.closeFuture.whenComplete { _ in self.assumeIsolated { $0.ended(facts.id) } }
        return socket
    }
}

// MARK: Delivery
extension SessionShard {
    /// Hands a batch to every session; repeating it does no harm.
    ///
    /// - Parameters:
    ///   - frames: in the order of their numbers.
    ///   - snapshot: taken after the frames, for the sessions that await one.
    /// - Returns: the number up to which all sessions of the shard have all frames.
    package func deliver(_ frames: [BroadcastFrame], snapshot: ActiveSnapshot?) -> UInt64 {
        let now = ContinuousClock.now
        self.acknowledged = max(self.acknowledged, self.presence.lastPassedOver)
        let new = frames.drop { $0.number <= self.acknowledged }
        let batch = new.count == frames.count ? frames : Array(new)
        for record in self.records.values {
            if !self.deliver(batch, to: record, now: now) { self.deliverAgain(batch, to: record, now: now) }
            if let snapshot { self.begin(snapshot, at: record) }
        }
        if snapshot != nil {
            self.presence.hasSnapshots()
        }
        self.acknowledged = max(self.acknowledged, frames.last?.number ?? 0)
        return self.acknowledged
    }

    /// The session whose oldest message has waited longest; nil where nothing waits.
    package var oldestOwed: OldestOwed? {
        self.records.values
            .compactMap { record in
                record.channel.mailbox.oldest.map { OldestOwed(id: record.channel.facts.id, since: $0) }
            }
            .min { $0.since < $1.since }
    }

    /// Closes a session with 4008, because too much waits in the process.
    package func closeTooSlow(_ id: SessionID) {
        self.records[id]?.session.assumeIsolated {
            $0.close(.tooSlow, reason: "too slow: too much waits in the server", now: .now)
        }
    }

    /// Closes every session: what it was owed is lost, so that it has to come back.
    package func closeAll(_ code: CloseCode, reason: String) {
        let now = ContinuousClock.now
        for record in self.records.values {
            record.session.assumeIsolated { $0.close(code, reason: reason, now: now) }
        }
    }

    private func deliver(_ batch: [BroadcastFrame], to record: SessionRecord, now: ContinuousClock.Instant) -> Bool {
        self.enter(record, now: now) { session throws(SessionFault) in try session.deliver(batch, now: now) }
    }

    private func begin(_ snapshot: ActiveSnapshot, at record: SessionRecord) {
        guard record.channel.mailbox.awaitsSnapshot else { return }
        record.channel.begin(with: snapshot)
        self.becameWritable(record.channel.facts.id)
    }

    /// A session that crashed gets the batch again on its next instance: the mailbox knows what it has.
    private func deliverAgain(_ batch: [BroadcastFrame], to record: SessionRecord, now: ContinuousClock.Instant) {
        while record.channel.closing == nil, record.channel.isAlive {
            if self.deliver(batch, to: record, now: now) { return }
        }
    }
}

// MARK: Events of the sockets, on the event loop
extension SessionShard {
    /// A frame of the client's.
    package func received(_ frame: WebSocketFrame, from id: SessionID) {
        self.enter(id) { session, now throws(SessionFault) in try session.received(frame, now: now) }
    }

    /// The socket takes bytes again, or for the first time.
    package func becameWritable(_ id: SessionID) {
        self.enter(id) { session, now throws(SessionFault) in try session.becameWritable(now: now) }
    }

    /// Bytes of the client's that are no frame.
    package func undecodable(_ code: CloseCode, from id: SessionID) {
        self.enter(id) { session, now throws(SessionFault) in
            session.close(code, reason: code == .tooLarge ? "message too large" : "not a WebSocket frame", now: now)
        }
    }

    private func ended(_ id: SessionID) {
        guard let record = self.records.removeValue(forKey: id) else { return }
        self.presence.left()
        self.totals.closed += 1
        self.totals.counters += record.channel.counters
        self.ended.add(record, now: .now)
        record.channel.ended()
    }

    private func ticked(now: ContinuousClock.Instant) {
        for record in self.records.values {
            self.enter(record, now: now) { session throws(SessionFault) in try session.ticked(now: now) }
        }
    }
}

// MARK: Crash and restart
extension SessionShard {
    private func enter(
        _ id: SessionID,
        _ event: @Sendable (isolated ClientSession, ContinuousClock.Instant) throws(SessionFault) -> Void
    ) {
        guard let record = self.records[id] else { return }
        let now = ContinuousClock.now
        self.enter(record, now: now) { session throws(SessionFault) in try event(session, now) }
    }

    /// Runs an entry point of a session; on a fault the session is replaced in the same turn, or evicted.
    ///
    /// - Returns: whether the entry point ran to its end.
    @discardableResult
    private func enter(
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
    }

    /// Makes a session's next entry point throw; false where there is no such session.
    package func plant(_ fault: SessionFault, in id: SessionID) -> Bool {
        guard let record = self.records[id] else { return false }
        record.session.assumeIsolated { $0.plant(fault) }
        return true
    }
}

// MARK: Drain
extension SessionShard {
    /// Tells each session to come back later, at a random moment of the spread, once it has what it is owed.
    package func drain(within spread: Duration) {
        let milliseconds = max(1, Int(spread / .milliseconds(1)))
        for id in self.records.keys {
            let delay = TimeAmount.milliseconds(Int64.random(in: 0..<Int64(milliseconds)))
            self.eventLoop.scheduleTask(in: delay) { self.assumeIsolated { $0.drainOne(id) } }
        }
    }

    private func drainOne(_ id: SessionID) {
        guard let record = self.records[id] else { return }
        record.isDraining = true
        record.session.assumeIsolated { $0.drain(.restarting, reason: "the server stops", now: .now) }
    }

    /// Cuts off whoever is left.
    package func disconnectAll() {
        for record in self.records.values { record.channel.disconnect() }
    }
}

// MARK: What others want to know
extension SessionShard {
    /// The number of open sessions.
    package var count: Int { self.records.count }

    /// All open sessions, in no order.
    package func reports() -> [SessionReport] {
        let now = ContinuousClock.now
        return self.records.values.map { SessionReport($0, now: now) }
    }

    /// One session; nil where it isn't here.
    package func report(of id: SessionID) -> SessionReport? {
        self.records[id].map { SessionReport($0, now: .now) }
    }

    /// Closes a session with 1000; false where it isn't here.
    package func close(_ id: SessionID) -> Bool {
        guard let record = self.records[id] else { return false }
        record.session.assumeIsolated { $0.close(.normal, reason: "closed by an administrator", now: .now) }
        return true
    }

    /// The sums since the start.
    package func sums() -> SessionTotals {
        var sums = self.totals
        for record in self.records.values { sums.counters += record.channel.counters }
        return sums
    }

    /// The sessions that ended last, oldest first.
    package func recentlyClosed() -> [ClosedSession] {
        self.ended.recent
    }

    /// Looks for what should not be: ended sessions that are still alive, byte counts that don't add up.
    package func audit() -> ShardAudit {
        let now = ContinuousClock.now
        return ShardAudit(
            open: self.records.count,
            dead: self.records.values.filter { !$0.channel.isAlive }.map(\.channel.facts.id),
            miscounted: self.records.values.filter { !$0.channel.mailbox.isBalanced }.map(\.channel.facts.id),
            lingering: self.ended.alive(now: now)
        )
    }
}
