import Brain
import BrainTestKit
import Postgres
import Supervision
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)))
struct FeedKeeperTests {
    /// How a first start by a capture ends.
    private func failure(_ database: TestDatabase, _ capture: CaptureName?, user: String? = nil) async -> FeedError? {
        var target = database.target
        target.overrides["user"] = user
        let session = FeedSession(target: target, thread: database.thread)
        let rig = FeedRig()
        let keeper = FeedKeeper(
            FeedChoice(capture, session: session, bell: rig.bell),
            channel: rig.channel,
            gauge: rig.gauge
        )
        do {
            try await keeper.run { Issue.record("it started") }
            return nil
        } catch {
            return error as? FeedError
        }
    }

    @Test func `doesn't start without a database, a table, or what was asked for`() async throws {
        let database = try await ThrowawayPostgres.shared().makeDatabase()
        #expect(await self.failure(database, nil) == .table(.tableMissing))
        #expect(await self.failure(database, .wal) == .table(.tableMissing))
        let writer = try await database.connect()
        try await writer.execute("CREATE TABLE runs (id text PRIMARY KEY, status text)")
        #expect(await self.failure(database, .notify) == .triggerUnusable(.missing))
        guard case .authentication = await self.failure(database, nil, user: "nobody_of_that_name") else {
            Issue.record("an unknown role was let in")
            return
        }
    }

    @Test func `doesn't start without the right to read`() async throws {
        let database = try await ThrowawayPostgres.shared().makeDatabase()
        let writer = try await database.connect()
        let role = "blind_\(writer.backendPID)"
        try await writer.execute("CREATE TABLE runs (id text, status text); CREATE ROLE \(role) LOGIN")
        guard case .table(.notReadable) = await self.failure(database, nil, user: role) else {
            Issue.record("it read without the right")
            return
        }
        try await writer.execute("DROP ROLE \(role)")
    }

    @Test func `polls by itself where there is no trigger, and says what would be better`() async throws {
        let database = try await ThrowawayPostgres.shared().makeDatabase()
        let writer = try await database.connect()
        try await writer.execute("CREATE TABLE runs (id text PRIMARY KEY, status text)")
        try await withFeed(of: database, by: nil) { rig in
            try await rig.until { $0.ready }
            let status = rig.gauge.status()
            #expect(status.capture == .poll)
            let missing = [FeedError.walUnusable(.publicationMissing), .triggerUnusable(.missing)]
            #expect(status.reasons == missing.map(\.description))
            #expect(status.lagMilliseconds != nil)
            try await writer.execute("INSERT INTO runs VALUES ('a', 'queued')")
            #expect(try await rig.next().id == "a")
        }
    }

    @Test func `is not ready while the table is away, and is again when it is back`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .poll) { rig in
            try await writer.execute("ALTER TABLE runs RENAME TO away")
            try await rig.until { !$0.ready }
            try await writer.execute("INSERT INTO away (id) VALUES ('meanwhile')")
            try await writer.execute("ALTER TABLE away RENAME TO runs")
            #expect(try await rig.next().id == "meanwhile")
            try await rig.until { $0.ready }
        }
    }

    @Test func `a restarted instance begins during an outage`() async throws {
        let (database, writer) = try await makeDatabase()
        let rig = FeedRig()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await rig.keeper(database, .poll, pace: .quick).run {} }
            try await rig.until { $0.capture == .poll }
            group.cancelAll()
        }
        try await writer.execute("ALTER TABLE runs RENAME TO away")
        let (started, continuation) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await rig.keeper(database, .poll, pace: .quick).run { continuation.finish() } }
            for await _ in started {}
            group.cancelAll()
        }
    }

    @Test(arguments: [CaptureName.poll, .notify, .wal])
    func `nothing is lost when the repository is restarted again and again`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) SELECT n FROM generate_series(1, 5000) n")
        let rig = FeedRig()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await rig.keeper(database, capture, pace: .quick).run {} }
            for round in 1...10 {
                try await writer.execute("UPDATE runs SET progress = \(round) WHERE id::int % 10 = \(round - 1)")
                let (started, continuation) = AsyncStream<Void>.makeStream()
                let repository = rig.repository()
                let task = TaskHolder()
                group.addTask { await task.run { try await repository.run { continuation.finish() } } }
                for await _ in started {}
                task.cancel()
            }
            group.addTask { try await rig.repository().run {} }
            try await writer.execute("UPDATE runs SET status = 'done'")
            var done: Set<String> = []
            while done.count < 5000 {
                let message = try await rig.next()
                if message.has("run_complete") {
                    #expect(done.insert(message.id).inserted)
                }
            }
            group.cancelAll()
        }
    }
}

/// Cancels one child of a group.
private final class TaskHolder: Sendable {
    private let cancelled = AsyncStream<Void>.makeStream()

    func run(_ body: @escaping @Sendable () async throws -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await body() }
            group.addTask { for await _ in self.cancelled.stream {} }
            await group.next()
            group.cancelAll()
        }
    }

    func cancel() {
        self.cancelled.continuation.finish()
    }
}
