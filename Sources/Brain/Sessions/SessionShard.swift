package import Logging
package import NIOCore

/// The sessions of one event loop: it delivers to them, wakes them, restarts what crashes, forgets what ends.
///
/// Its executor is the event loop, so that a broadcast costs one hop however many sessions there are, and an event of a
/// socket none.
package actor SessionShard {
    /// Its place in the list of all shards, and its name at the ledger.
    package nonisolated let index: Int

    /// Who is there, to be asked without a hop.
    package nonisolated let presence = ShardPresence()

    /// At ticks of 250 ms, a turn of the wheel of deadlines is longer than the default `--ping-interval`.
    private static let slots = 128

    let eventLoop: any EventLoop
    /// What its sessions share.
    nonisolated let settings: SessionSettings
    let logger: Logger
    /// All sessions, those that are caught up and those that are behind.
    var records: [SessionID: SessionRecord] = [:]
    /// Those that are given a batch without being asked.
    var caughtUp: CaughtUpSessions
    /// Those that are given it through their mailbox.
    var behind: [SessionID: SessionRecord] = [:]
    /// Whose handler stands in a pipeline: as the sockets have it, to be held against the records.
    var channels: [SessionID: SessionChannel] = [:]
    var ended = EndedSessions()
    var totals = SessionTotals()
    /// The faults that were planted in sessions, and what is to come of them.
    var courses: [SessionID: SessionCourse] = [:]
    var deadlines: DeadlineWheel<SessionDeadline>
    private let executor: any SerialExecutor
    private var acknowledged: UInt64 = 0
    /// Whether a timer is set for what the push rate holds back.
    private(set) var isToResume = false
    private var ticks: RepeatedTask?

    /// The event loop that the shard is named after.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Makes a shard without sessions.
    package init(index: Int, eventLoop: any EventLoop, settings: SessionSettings, logger: Logger) {
        self.index = index
        self.eventLoop = eventLoop
        self.executor = eventLoop.executor
        self.settings = settings
        self.caughtUp = CaughtUpSessions(settings: settings)
        self.deadlines = DeadlineWheel(tick: settings.heartbeat.tick, slots: Self.slots, now: .now)
        self.logger = logger
    }

    /// Looks from now on, every quarter of the shortest of the sessions' deadlines, whose has come.
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
        let record = SessionRecord(channel: socket, session: ClientSession(on: self.eventLoop, transport: socket))
        self.records[facts.id] = record
        self.behind[facts.id] = record
        self.deadlines.schedule(.look(facts.id), at: socket.nextLook(now: Moment(facts.since)))
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
    ///   - batch: frames in the order of their numbers.
    ///   - snapshot: taken after the frames, for the sessions that await one.
    ///   - now: the time, by which the push rate is reckoned.
    /// - Returns: the number up to which all sessions of the shard have all frames.
    package func deliver(
        _ batch: FrameBatch,
        snapshot: ActiveSnapshot?,
        now: ContinuousClock.Instant = .now
    ) -> UInt64 {
        self.acknowledged = max(self.acknowledged, self.presence.lastPassedOver)
        let batch = batch.after(self.acknowledged)
        self.send(batch, now: now)
        self.acknowledged = max(self.acknowledged, batch.lastNumber ?? 0)
        if let snapshot { self.begin(snapshot) }
        return self.acknowledged
    }

    /// Those that are behind first: who falls behind now has had a part of the batch.
    private func send(_ batch: FrameBatch, now: ContinuousClock.Instant) {
        guard !batch.frames.isEmpty else { return }
        let behind = Array(self.behind.values)
        let cut = self.caughtUp.deliver(batch, now: now)
        for record in behind { self.deliver(batch.frames[...], to: record, now: now) }
        self.fellBehind(cut, now: now)
        if self.caughtUp.outlet.isHeldBack { self.resumeLater() }
    }

    private func fellBehind(_ cut: [CaughtUpSessions.Cut], now: ContinuousClock.Instant) {
        for cut in cut {
            self.behind[cut.record.channel.facts.id] = cut.record
            cut.record.channel.goOn(after: cut, now: now)
            self.deliver(cut.frames, to: cut.record, now: now)
        }
    }

    /// A session that crashes gets the frames again on its next instance: the mailbox knows what it has.
    private func deliver(
        _ frames: ArraySlice<BroadcastFrame>,
        to record: SessionRecord,
        now: ContinuousClock.Instant
    ) {
        self.insist(record, now: now) { session throws(SessionFault) in try session.deliver(frames, now: now) }
    }

    private func begin(_ snapshot: ActiveSnapshot) {
        for record in self.behind.values where record.channel.awaitsSnapshot {
            record.channel.begin(with: snapshot)
            self.becameWritable(record.channel.facts.id)
        }
        self.presence.hasSnapshots()
    }

    /// Puts a session where it belongs, after anything that has happened to it.
    func sort(_ record: SessionRecord) {
        self.awaitEnd(of: record)
        switch (record.place != nil, record.isCaughtUp) {
        case (false, true):
            if self.caughtUp.join(record) { self.behind[record.channel.facts.id] = nil }
        case (true, false): self.separate(record)
        default: break
        }
        if record.isHeldBack { self.resumeLater() }
    }

    /// Once a close has begun, the peer has so long to answer it, or to take the answer to its own.
    private func awaitEnd(of record: SessionRecord) {
        guard record.channel.closing != nil, record.channel.isAlive, !record.isAwaitingEnd,
            let deadline = record.session.assumeIsolated({ $0.closeDeadline })
        else { return }
        record.isAwaitingEnd = true
        self.deadlines.schedule(.endOfClose(record.channel.facts.id), at: deadline)
    }

    /// Takes a session out of those that are caught up, if it is there: what waits for them waits for it alone.
    func separate(_ record: SessionRecord) {
        guard record.place != nil else { return }
        self.caughtUp.leave(record)
        self.behind[record.channel.facts.id] = record
    }
}

// MARK: Push rate
extension SessionShard {
    /// How long what is held back gathers: a timer for each message would cost more than it.
    private static let holding = TimeAmount.milliseconds(20)

    /// Lets what the push rate holds back go on in a while; no other event may come that would.
    private func resumeLater() {
        guard !self.isToResume else { return }
        self.isToResume = true
        self.eventLoop.scheduleTask(in: Self.holding) {
            self.assumeIsolated {
                $0.isToResume = false
                $0.resume(now: .now)
            }
        }
    }

    /// Lets go what the push rate allows by now.
    func resume(now: ContinuousClock.Instant) {
        self.fellBehind(self.caughtUp.resume(now: now), now: now)
        for record in self.behind.values where record.isHeldBack { self.wake(record, now: now) }
        if self.caughtUp.outlet.isHeldBack { self.resumeLater() }
    }
}
