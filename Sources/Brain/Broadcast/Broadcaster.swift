package import Logging
package import NIOCore
import Runs
import Supervision
import Synchronization
import WebSocket

/// The child `broadcaster`: makes the ledger's changes into frames, encodes each once, and hands them to every shard.
///
/// It keeps nothing that a restart would miss: what is not acknowledged by all shards is still in the ledger, and a shard
/// takes each number once. While a batch is under way the next one gathers: batches form by themselves when changes come
/// faster than they go out, and an idle Brain adds no delay.
package actor Broadcaster: Child {
    /// How long what is due waits for what is due soon.
    private static let gathering = Duration.milliseconds(5)
    /// Sessions that are closed in one round because too much waits in the process.
    private static let evictionsPerRound = 100
    /// What one hop to an event loop carries at most, unless a single frame is larger.
    private static let batchBytes = 256 << 10
    private static let batchFrames = 1024

    private let ledger: LedgerRoom
    private let directory: SessionDirectory
    private let account: QueueAccount
    private let queueTotal: Int
    private let timerLoop: any EventLoop
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private var timer: Scheduled<Void>?
    /// When the timer rings, or rang.
    private var armed: ContinuousClock.Instant?
    private var sent: UInt64 = 0
    private var isUnderWay = false
    private let running = Atomic(false)

    /// Makes a broadcaster that starts with whatever the ledger still holds.
    ///
    /// - Parameters:
    ///   - ledger: where changes come from.
    ///   - directory: where frames go.
    ///   - account: what all waiting frames are charged to.
    ///   - queueTotal: the bytes of distinct frames that may wait in the process.
    ///   - timerLoop: any event loop, for its timers.
    ///   - logger: for what it has to say.
    package init(
        ledger: LedgerRoom,
        directory: SessionDirectory,
        account: QueueAccount,
        queueTotal: Int,
        timerLoop: any EventLoop,
        logger: Logger
    ) {
        self.ledger = ledger
        self.directory = directory
        self.account = account
        self.queueTotal = queueTotal
        self.timerLoop = timerLoop
        self.logger = logger
        (self.wakes, self.waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that there may be something to do; many calls are one.
    package nonisolated func wake() {
        self.waker.yield()
    }

    /// Ends the loop of `run`, which then returns unasked: a crash, for tests.
    package nonisolated func breakLoop() {
        self.waker.finish()
    }

    /// Whether what the ledger holds goes out without anybody else's doing.
    package nonisolated var isRunning: Bool { self.running.load(ordering: .acquiring) }

    /// Broadcasts what the ledger holds, and then whenever it is woken, until cancelled.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        self.ledger.withLedger { ledger in
            for shard in self.directory.shards { ledger.register(shard: shard.index) }
        }
        self.running.store(true, ordering: .releasing)
        defer { self.running.store(false, ordering: .releasing) }
        started()
        self.wake()
        for await _ in self.wakes {
            try Task.checkCancellation()
            await self.broadcast()
        }
        try Task.checkCancellation()
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}

    /// One round: makes frames of what is due, and hands them to every shard.
    ///
    /// Rounds follow one another: two at once would make the same frames twice, and charge them twice.
    func broadcast() async {
        while self.isUnderWay { await Task.yield() }
        self.isUnderWay = true
        defer { self.isUnderWay = false }
        if self.makeFrames() { await self.closeAll() }
        let snapshot = self.snapshotIfAwaited()
        for batch in Self.batches(of: self.ledger.withLedger { $0.frames(after: self.sent) }) {
            await self.deliver(self.prepared(batch), snapshot: nil)
            // The batch itself is gone by now: what is charged waits for a session.
            await self.relieve()
        }
        if let snapshot { await self.deliver(FrameBatch([]), snapshot: snapshot) }
        self.arm(self.ledger.withLedger { $0.nextDue })
    }

    /// In pieces, between which sockets take what they can: a large catch-up is no reason to close a client that keeps up.
    private static func batches(of frames: [RunFrame]) -> [[RunFrame]] {
        var batches: [[RunFrame]] = []
        var bytes = Self.batchBytes
        for frame in frames {
            if bytes >= Self.batchBytes || (batches.last?.count ?? 0) >= Self.batchFrames {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(frame)
            bytes += frame.message.count
        }
        return batches
    }

    /// Whether the ledger had to drop what was owed.
    private func makeFrames() -> Bool {
        self.ledger.withLedger { ledger in
            ledger.makeFrames(now: .now, timestamp: WallClock.milliseconds)
            return ledger.takeOverflow()
        }
    }

    private func prepared(_ frames: [RunFrame]) -> FrameBatch {
        FrameBatch(
            frames.map {
                BroadcastFrame(
                    number: $0.number,
                    run: $0.run,
                    isTerminal: $0.isTerminal,
                    bytes: PreparedFrame.text($0.message).buffer,
                    account: self.account
                )
            }
        )
    }

    /// All event loops at once, one hop for each that has sessions: a shard without any owes nothing to anybody.
    private func deliver(_ batch: FrameBatch, snapshot: ActiveSnapshot?) async {
        let last = batch.lastNumber ?? 0
        await withTaskGroup(of: (Int, UInt64).self) { group in
            for shard in self.directory.shards {
                if shard.presence.isEmpty {
                    shard.presence.passedOver(through: last)
                    self.ledger.withLedger { $0.acknowledged(shard: shard.index, through: last) }
                } else {
                    group.addTask { (shard.index, await shard.deliver(batch, snapshot: snapshot)) }
                }
            }
            for await (index, number) in group {
                self.ledger.withLedger { $0.acknowledged(shard: index, through: number) }
            }
        }
        self.sent = max(self.sent, last)
    }

    /// A timer that is set already, and not later, will do: it costs a hop to set one.
    ///
    /// One that is about to ring may just have rung. With thousands of runs whose updates are held back the next one is
    /// always due: they are gathered for some milliseconds, which their interval isn't missed by.
    private func arm(_ due: ContinuousClock.Instant?) {
        guard let due else { return }
        let now = ContinuousClock.now
        let deadline = max(due, now + Self.gathering)
        guard self.armed.map({ $0 > deadline || $0 <= now + .milliseconds(1) }) ?? true else { return }
        self.timer?.cancel()
        self.armed = deadline
        self.timer = self.timerLoop.scheduleTask(in: TimeAmount(deadline - .now)) { self.wake() }
    }
}

// MARK: Snapshots
extension Broadcaster {
    private func snapshotIfAwaited() -> ActiveSnapshot? {
        self.directory.shards.contains(where: \.presence.awaitsSnapshot) ? self.makeSnapshot() : nil
    }

    private func makeSnapshot() -> ActiveSnapshot {
        let timestamp = WallClock.milliseconds
        let snapshot = self.ledger.withLedger { $0.snapshot(now: .now, timestamp: timestamp) }
        var frames = snapshot.active.map {
            PreparedFrame.text(RunMessage.snapshot($0, timestamp: timestamp)).buffer
        }
        let end = RunMessage.snapshotEnd(runs: snapshot.active.count, timestamp: timestamp)
        frames.append(PreparedFrame.text(end).buffer)
        return ActiveSnapshot(frames: frames)
    }
}

// MARK: Bounds
extension Broadcaster {
    /// The ledger's limit was hit and frames were dropped: whoever was owed them has to come back (contract §4.2).
    private func closeAll() async {
        self.logger.log(.error, "too many terminal messages wait: all sessions are closed")
        for shard in self.directory.shards { await shard.closeAll(.restarting, reason: "messages were lost") }
    }

    /// Over `--queue-total`, the session that owes the oldest is closed, and the next, until enough is free.
    private func relieve() async {
        for _ in 0..<Self.evictionsPerRound where self.account.total > self.queueTotal {
            guard let slowest = await self.slowest() else { return }
            self.logger.log(.warning, "queue total exceeded", [.session: "\(slowest.id)"])
            await slowest.shard.closeTooSlow(slowest.id)
        }
    }

    private func slowest() async -> (shard: SessionShard, id: SessionID)? {
        var slowest: (shard: SessionShard, owed: OldestOwed)?
        for shard in self.directory.shards {
            guard let owed = await shard.oldestOwed else { continue }
            if slowest.map({ owed.since < $0.owed.since }) ?? true { slowest = (shard, owed) }
        }
        return slowest.map { ($0.shard, $0.owed.id) }
    }
}
