import Brain
import BrainTestKit
import Postgres
import Runs
import Supervision
import Synchronization
import Testing

/// A message that clients would be sent, without its timestamp.
struct Pushed: Equatable, Sendable, CustomStringConvertible {
    let id: String
    let data: String

    var description: String { self.data }

    func has(_ fragment: String) -> Bool {
        self.data.contains(fragment)
    }
}

/// The feed with everything behind it but the broadcast: from a real database to the messages.
final class FeedRig: Sendable {
    let gauge = FeedGauge()
    let bell = FeedBell()
    let channel = FeedChannel()
    let room: LedgerRoom
    private let news = Mutex([FeedNews]())
    private let strangers = Mutex([RepositoryNews]())
    private let messages: AsyncStream<Pushed>
    private let continuation: AsyncStream<Pushed>.Continuation

    init() {
        var ledger = RunLedger(updateInterval: .zero)
        ledger.register(shard: 0)
        self.room = LedgerRoom(ledger)
        (self.messages, self.continuation) = AsyncStream.makeStream()
    }

    /// The next message.
    func next() async throws -> Pushed {
        for await message in self.messages {
            return message
        }
        throw CancellationError()
    }

    /// What the keeper said so far.
    var feedNews: [FeedNews] { self.news.withLock { $0 } }

    /// What the repository said so far.
    var repositoryNews: [RepositoryNews] { self.strangers.withLock { $0 } }

    /// Makes what is due into messages.
    func broadcast() {
        let frames = self.room.withLedger { ledger in
            ledger.makeFrames(now: .now, timestamp: 0)
            let frames = ledger.frames(after: 0)
            ledger.acknowledged(shard: 0, through: ledger.lastNumber)
            return frames
        }
        for frame in frames {
            self.continuation.yield(Pushed(id: frame.runID, data: String(decoding: frame.message, as: UTF8.self)))
        }
    }

    func repository() -> RunsRepository {
        RunsRepository(
            room: self.room,
            channel: self.channel,
            bell: self.bell,
            wake: { self.broadcast() },
            onNews: { news in self.strangers.withLock { $0.append(news) } }
        )
    }

    func keeper(_ database: TestDatabase, _ capture: CaptureName?, pace: LookPace) -> FeedKeeper {
        let session = FeedSession(target: database.target, thread: database.thread)
        return FeedKeeper(
            FeedChoice(capture, session: session, bell: self.bell, pace: pace),
            channel: self.channel,
            gauge: self.gauge,
            backoff: Backoff(initial: .milliseconds(5), maximum: .milliseconds(50)),
            onNews: { news in self.news.withLock { $0.append(news) } }
        )
    }
}

extension LookPace {
    /// Looks as often as a test can bear; notifications are relied on like in earnest.
    static let quick: LookPace = {
        var pace = LookPace()
        pace.sweepInterval = .milliseconds(10)
        pace.compareInterval = .milliseconds(50)
        pace.compareGap = .milliseconds(10)
        pace.compareShare = 1
        pace.sweepShare = 1
        pace.checkInterval = .milliseconds(50)
        return pace
    }()
}

/// Runs the feed beside `body`, from the first whole look on.
func withFeed(
    of database: TestDatabase,
    by capture: CaptureName?,
    pace: LookPace = .quick,
    _ body: @escaping @Sendable (FeedRig) async throws -> Void
) async throws {
    let rig = FeedRig()
    let (started, continuation) = AsyncStream<Void>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await rig.keeper(database, capture, pace: pace).run {} }
        group.addTask { try await rig.repository().run { continuation.finish() } }
        group.addTask {
            for await _ in started {}
            try await body(rig)
        }
        _ = try await group.next()
        group.cancelAll()
        while let result = await group.nextResult() {
            guard case .failure(let error) = result, !(error is CancellationError) else {
                continue
            }
            throw error
        }
    }
}

/// A fresh database, with the table that Brain makes and its trigger unless told otherwise.
func makeDatabase(_ script: String? = nil) async throws -> (TestDatabase, Connection) {
    let database = try await ThrowawayPostgres.shared().makeDatabase()
    let writer = try await database.connect()
    if let script {
        try await writer.execute(script)
    }
    try await Migration.apply(on: writer) { _ in }
    return (database, writer)
}

extension FeedRig {
    /// Waits until so many runs are known; nothing tells of it, so it asks again and again.
    func untilKnown(runs: Int) async throws {
        while self.room.withLedger({ $0.counts.runs }) != runs {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

extension FeedRig {
    /// Waits for a status of the feed; nothing tells of it, so it asks again and again.
    func until(_ isReached: (FeedStatus) -> Bool) async throws {
        while !isReached(self.gauge.status()) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
