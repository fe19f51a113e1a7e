import Postgres
import Runs
import Synchronization

/// Reads one stream for as long as it lasts, on the thread of its connection, and never waits for anybody else.
///
/// What transactions did is held back until the table has been looked at (``release()``), and goes to the sink at once
/// from then on. The server is told how far this has come each second; it answers, so that a dead connection is noticed.
actor WalReader {
    /// Between two signs of life to the server: `wal_sender_timeout` is a minute by default, and rarely below a few seconds.
    private static let statusInterval = Duration.seconds(1)
    /// The longest pause after a batch while changes come fast.
    ///
    /// The pause is 1 ms for each change that comes in a millisecond, and none below half a change. So some hundred
    /// wake-ups a second are the most, here and behind. Each costs as much processor time as a dozen changes, and writers
    /// want it. A change after a break is read at once, and so is what waits after a full batch.
    private static let longestPause = Duration.milliseconds(5)
    /// Without any answer for so long, the connection is taken for dead.
    private static let longestSilence = Duration.seconds(10)

    /// Of texts that are held back while the table is looked at.
    private static let mostHeldBytes = 128 << 20

    private let connection: Connection
    private let thread: PollThread
    private let sink: any FeedSink
    private let consent: FlushConsent
    private let advanced = Doorbell()
    private var assembler: WalAssembler
    /// What others may have told before this stream: all that committed before it.
    private let horizon: LogPosition
    /// What is held back; nil once everything goes to the sink.
    private var held: ChangeBacklog?
    /// All that committed before it has been read.
    private var position: LogPosition
    private var isWithinTransaction = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.asUnownedSerialExecutor()
    }

    /// A reader that isn't running yet.
    ///
    /// - Parameters:
    ///   - connection: has begun to stream.
    ///   - thread: its thread.
    ///   - start: where the stream begins.
    ///   - horizon: up to where others may have told what this stream tells, too.
    ///   - table: what is streamed.
    ///   - sink: takes what transactions did.
    ///   - consent: whether the server may be told what needn't be kept.
    init(
        _ connection: Connection,
        on thread: PollThread,
        from start: LogPosition,
        horizon: LogPosition,
        of table: RunsTable,
        sink: any FeedSink,
        consent: FlushConsent
    ) {
        self.connection = connection
        self.thread = thread
        self.position = start
        self.horizon = horizon
        self.held = ChangeBacklog(horizon > start ? .lastStates : .keepingEnds)
        self.assembler = WalAssembler(table: table)
        self.sink = sink
        self.consent = consent
    }

    /// Reads until the stream ends.
    ///
    /// - Parameter heard: is called whenever something came; must not block.
    /// - Throws: why it ended.
    func run(heard: @Sendable () -> Void) async throws(FeedError) {
        var lastHeard = ContinuousClock.now
        var statusDue = ContinuousClock.now
        while true {
            let messages = try await self.messages(until: statusDue)
            let now = ContinuousClock.now
            if !messages.isEmpty {
                let (commits, wantsReply) = try self.take(messages)
                heard()
                statusDue = wantsReply ? now : statusDue
                if messages.count < Connection.longestBatch {
                    try await self.pause(after: commits, in: lastHeard.duration(to: now), until: now)
                }
                lastHeard = now
            }
            guard lastHeard.duration(to: now) < Self.longestSilence else {
                throw .lost("the server has been silent for \(Self.longestSilence.components.seconds) s")
            }
            if statusDue <= now {
                try await self.sendStatus(asking: lastHeard.duration(to: now) >= Self.statusInterval / 2)
                statusDue = now + Self.statusInterval
            }
        }
    }

    /// Waits until all that others may have told has been read, and takes it from what is held back.
    ///
    /// - Returns: what those transactions did, as states, and perhaps some later ones; none where the stream begins behind
    ///   the horizon: what is held back stays so, step by step.
    /// - Throws: `cancelled`.
    func changesToHorizon() async throws(FeedError) -> [RunChange] {
        while self.position < self.horizon {
            do {
                try await self.advanced.wait()
            } catch {
                throw .cancelled
            }
        }
        return self.takeStates()
    }

    private func takeStates() -> [RunChange] {
        guard let held = self.held, held.policy == .lastStates else {
            return []
        }
        var states = held
        self.held = ChangeBacklog(.keepingEnds)
        return states.take(.max)
    }

    /// Gives the sink what was held back, and all that comes from here on.
    ///
    /// - Throws: `resync` where it has no room.
    func release() throws(FeedError) {
        let changes = self.held?.take(.max) ?? []
        self.held = nil
        try self.post(changes)
    }

    private func messages(
        until deadline: ContinuousClock.Instant
    ) async throws(FeedError) -> [ReplicationMessage] {
        do {
            return try await self.connection.replicationMessages(until: deadline)
        } catch {
            throw FeedError(stream: error)
        }
    }

    private func pause(
        after commits: Int,
        in time: Duration,
        until now: ContinuousClock.Instant
    ) async throws(FeedError) {
        let perMillisecond = Double(commits) / max(time / .milliseconds(1), 0.01)
        guard perMillisecond >= 0.5 else {
            return
        }
        let deadline = now + min(.milliseconds(perMillisecond), Self.longestPause)
        do {
            try await self.thread.pause(until: deadline)
        } catch {
            throw FeedError(stream: error)
        }
    }

    /// How many transactions were among them, and whether the server wants a status.
    private func take(_ messages: [ReplicationMessage]) throws(FeedError) -> (commits: Int, wantsReply: Bool) {
        var batch = Batch()
        var failure: FeedError?
        do throws(FeedError) {
            for message in messages {
                try self.take(message, into: &batch)
            }
        } catch {
            failure = error
        }
        // What came whole before a message that ends it is owed: a run may have ended in it.
        try self.deliver(batch.changes)
        self.advanced.ring()
        if let failure {
            throw failure
        }
        return (batch.commits, batch.wantsReply)
    }

    private struct Batch {
        var changes: [RunChange] = []
        var commits = 0
        var wantsReply = false
    }

    private func take(_ message: ReplicationMessage, into batch: inout Batch) throws(FeedError) {
        switch message {
        case .data(let message):
            if case .begin = message {
                self.isWithinTransaction = true
            }
            guard let commit = try self.assembler.take(message) else {
                return
            }
            self.isWithinTransaction = false
            self.position = max(self.position, commit.end)
            batch.commits += 1
            batch.changes += commit.changes
        case .keepalive(let end, let isWanted):
            batch.wantsReply = batch.wantsReply || isWanted
            // Sent from within a transaction, it says nothing of what that one did.
            self.position = self.isWithinTransaction ? self.position : max(self.position, end)
        }
    }

    private func deliver(_ changes: [RunChange]) throws(FeedError) {
        guard var held = self.held else {
            return try self.post(changes)
        }
        self.held = nil
        for change in changes {
            held.add(change)
        }
        let isFull = held.count > WalAssembler.mostRuns || held.bytes > Self.mostHeldBytes
        self.held = held
        guard !isFull else {
            throw .resync(.backlogFull)
        }
    }

    private func post(_ changes: [RunChange]) throws(FeedError) {
        guard changes.isEmpty || self.sink.post(changes) else {
            throw .resync(.backlogFull)
        }
    }

    private func sendStatus(asking wantsReply: Bool) async throws(FeedError) {
        let flushed = self.consent.isFresh(at: .now) ? self.position : .none
        let status = StandbyStatus(received: self.position, flushed: flushed, wantsReply: wantsReply)
        do {
            try await self.connection.send(status)
        } catch {
            throw FeedError(stream: error)
        }
    }
}

/// Whether `synchronous_standby_names` was seen a moment ago, and leaves Brain out.
///
/// A walsender that was told of flushed changes may count as a synchronous standby from then on, so nobody is told of any
/// without it.
final class FlushConsent: Sendable {
    /// How long a look at the setting holds.
    private static let validity = Duration.seconds(3)

    private let givenAt = Mutex<ContinuousClock.Instant?>(nil)

    func given(at now: ContinuousClock.Instant) {
        self.givenAt.withLock { $0 = now }
    }

    func isFresh(at now: ContinuousClock.Instant) -> Bool {
        self.givenAt.withLock { $0.map { $0.duration(to: now) <= Self.validity } ?? false }
    }
}

extension FeedError {
    /// What a failure of the stream means: the table's rights and columns don't come into it.
    init(stream error: PostgresError) {
        switch error {
        case .server, .malformed: self = .streamBroken(error.description)
        default: self.init(error)
        }
    }
}
