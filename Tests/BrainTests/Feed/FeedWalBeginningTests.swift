import BrainTestKit
import Postgres
import Runs
import Synchronization
import Testing

@testable import Brain

/// How a stream and the look at its beginning join, where `poll` may have told what is newer than the slot's snapshot.
@Suite(.timeLimit(.minutes(5)))
struct FeedWalBeginningTests {
    /// Keeps what it is given, in order.
    private final class Recorder: FeedSink {
        private let events = Mutex([FeedEvent]())
        private let filled = Doorbell()
        private let room: Int

        /// - Parameter room: how many changes are taken at once; more are refused.
        init(room: Int = .max) {
            self.room = room
        }

        func put(_ event: FeedEvent) {
            self.events.withLock { $0.append(event) }
            self.filled.ring()
        }

        func post(_ changes: [RunChange]) -> Bool {
            guard changes.count <= self.room else {
                return false
            }
            if !changes.isEmpty {
                self.put(.changes(changes))
            }
            return true
        }

        /// What there is once the condition holds.
        func events(once isReached: ([FeedEvent]) -> Bool) async throws -> [FeedEvent] {
            while true {
                let events = self.events.withLock { $0 }
                if isReached(events) {
                    return events
                }
                try await self.filled.wait()
            }
        }
    }

    /// A capture whose slot is made, and a database whose writer can go on.
    private struct Stage {
        let database: TestDatabase
        let writer: Connection
        let capture: WalCapture
        let slot: WalSlot
        let sink: Recorder

        init(_ script: String, room: Int = .max) async throws {
            self.database = try await ThrowawayPostgres.shared().makeDatabase()
            self.writer = try await self.database.connect()
            try await Migration.apply(on: self.writer) { _ in }
            try await self.writer.execute(script)
            let session = FeedSession(target: self.database.target, thread: self.database.thread)
            let control = try await session.open()
            let table = try await RunsTable.read(on: control)
            self.sink = Recorder(room: room)
            self.capture = WalCapture(
                control: control,
                stream: try await session.openReplication(),
                table: table,
                readiness: try await WalReadiness.read(of: table, on: control),
                session: session,
                bell: FeedBell(),
                pace: LookPace(),
                sink: self.sink,
                live: { _ in }
            )
            let name = "stage_\(self.capture.stream.backendPID)"
            let rows = try await self.capture.stream.simpleQuery(
                "CREATE_REPLICATION_SLOT \(name) TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT"
            )
            self.slot = WalSlot(
                name: name,
                start: try #require(LogPosition(rows[0, 1])),
                snapshot: try #require(rows[0, 2])
            )
        }

        /// The end of the log, as a look notes it.
        func logEnd() async throws -> LogPosition {
            try #require(LogPosition(try await self.writer.query("SELECT pg_current_wal_insert_lsn()")[0, 0]))
        }

        /// Runs the capture from its slot on beside `body`; returns why it ended.
        func run(
            through horizon: LogPosition,
            _ body: @escaping @Sendable () async throws -> Void
        ) async throws -> FeedError {
            try await self.capture.enter(self.slot)
            try await self.capture.start(self.slot)
            let error = await withTaskGroup(of: FeedError?.self) { group in
                group.addTask { await self.capture.read(self.slot, through: horizon) }
                group.addTask {
                    do {
                        try await body()
                    } catch {
                        // The capture may end, and end this, in the middle of it.
                        if !Task.isCancelled { Issue.record(error) }
                    }
                    return nil
                }
                var error: FeedError?
                for await outcome in group {
                    error = error ?? outcome
                    group.cancelAll()
                }
                return error
            }
            await self.capture.stream.close()
            await self.capture.control.close()
            return error ?? .cancelled
        }
    }

    private func rows(_ events: [FeedEvent]) -> [String] {
        events.flatMap { event -> [String] in
            switch event {
            case .rows(let rows): rows.map { "\($0.id) \($0.progress ?? "")" }.sorted()
            case .changes(let changes): changes.map { self.brief($0) }
            case .sweepBegan: ["["]
            case .sweepEnded: ["]"]
            case .gone(let ids): ids
            }
        }
    }

    private func brief(_ change: RunChange) -> String {
        switch change {
        case .row(let row): "\(row.id) \(row.progress ?? "")"
        case .gone(let id): "\(id) gone"
        case .cleared: "cleared"
        }
    }

    private static let three = "INSERT INTO runs (id, progress) VALUES ('a', 0), ('b', 0), ('c', 0)"

    @Test func `without a poll the look is the slot's snapshot, and steps follow it`() async throws {
        let stage = try await Stage(Self.three)
        try await stage.writer.execute("UPDATE runs SET progress = 1, status = 'done' WHERE id = 'a'")
        try await stage.writer.execute("UPDATE runs SET status = 'failed' WHERE id = 'a'")
        try await stage.writer.execute("UPDATE runs SET progress = 2 WHERE id = 'b'")
        let error = try await stage.run(through: .none) {
            let events = try await stage.sink.events { self.rows($0).contains("b 2") }
            #expect(self.rows(events) == ["[", "a 0", "b 0", "c 0", "]", "a 1", "a 1", "b 2"])
        }
        #expect(error == .cancelled)
    }

    @Test func `what a poll may have told is in the look, newest, once`() async throws {
        let stage = try await Stage(Self.three)
        // Asynchronous and behind an open transaction: seen by a look, and not yet written to the log's file.
        try await stage.writer.execute("SET synchronous_commit TO off")
        for step in 1...3 {
            try await stage.writer.execute("UPDATE runs SET progress = \(step) WHERE id = 'a'")
        }
        try await stage.writer.execute(
            "DELETE FROM runs WHERE id = 'b'; INSERT INTO runs (id, progress) VALUES ('d', 4)"
        )
        let open = try await stage.database.connect()
        try await open.execute("BEGIN; UPDATE runs SET progress = 9 WHERE id = 'c'")
        let horizon = try await stage.logEnd()
        _ = try await stage.run(through: horizon) {
            let look = try await stage.sink.events { $0.contains(.sweepEnded) }
            #expect(self.rows(look) == ["[", "a 3", "c 0", "d 4", "]"])
            try await open.execute("COMMIT")
            let events = try await stage.sink.events { self.rows($0).last == "c 9" }
            #expect(self.rows(events).dropLast() == self.rows(look)[...])
        }
    }

    @Test func `an emptied table is empty in the look, but for what came after`() async throws {
        let stage = try await Stage(Self.three)
        try await stage.writer.execute("TRUNCATE runs; INSERT INTO runs (id, progress) VALUES ('a', 5)")
        _ = try await stage.run(through: try await stage.logEnd()) {
            let look = try await stage.sink.events { $0.contains(.sweepEnded) }
            #expect(self.rows(look) == ["[", "a 5", "]"])
        }
    }

    @Test func `a sink without room ends it: the table has to be looked at`() async throws {
        let stage = try await Stage(Self.three, room: 1)
        let error = try await stage.run(through: .none) {
            _ = try await stage.sink.events { $0.contains(.sweepEnded) }
            try await stage.writer.execute("UPDATE runs SET progress = 1")
            try? await untilCancelled()
        }
        #expect(error == .resync(.backlogFull))
    }

    @Test func `a stream that breaks off says why`() async throws {
        let stage = try await Stage(Self.three)
        let error = try await stage.run(through: .none) {
            _ = try await stage.sink.events { $0.contains(.sweepEnded) }
            let pid = stage.capture.stream.backendPID
            _ = try await stage.writer.query("SELECT pg_terminate_backend($1::int)", ["\(pid)"])
            try? await untilCancelled()
        }
        guard case .lost(let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.contains("terminating connection"))
    }
}
