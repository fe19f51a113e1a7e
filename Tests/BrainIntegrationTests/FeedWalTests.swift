import Brain
import BrainTestKit
import Postgres
import Testing

/// What the log alone can tell, and what it can't.
@Suite(.timeLimit(.minutes(5)))
struct FeedWalTests {
    /// Random digits, which don't compress: stored out of line.
    static let large = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 400) n)"

    private func isStreaming(_ rig: FeedRig) async throws {
        try await rig.until { $0.ready && $0.capture == .wal && $0.reasons.isEmpty }
    }

    @Test func `sees each committed state, however fast they follow one another`() async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            let steps = (1...200).map { step in
                "UPDATE runs SET progress = \(step), status = '\(step.isMultiple(of: 2) ? "done" : "failed")'; COMMIT;"
            }
            try await writer.execute(steps.joined(separator: " "))
            for step in 1...200 {
                #expect(try await rig.next().has(#""progress":\#(step)}"#))
            }
        }
    }

    @Test func `takes a large value that an update didn't touch from what is known`() async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id, error, agent) VALUES ('old', \(Self.large), 'dev')")
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute("INSERT INTO runs (id, error) VALUES ('new', \(Self.large))")
            let inserted = try await rig.next()
            try await writer.execute("UPDATE runs SET progress = 1; UPDATE runs SET agent = NULL, task_id = 't'")
            for _ in 1...2 {
                let message = try await rig.next()
                #expect(message.data.utf8.count > 12_800 && message.has(#""progress":1,"task_id":"t","error":""#))
                #expect(message.data.suffix(1000) == inserted.data.suffix(1000))
            }
        }
    }

    @Test func `looks at the table where a large value isn't known`() async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute(
            "INSERT INTO runs (id, status, error) VALUES ('a', 'paused', \(Self.large)), ('b', 'queued', 'x')"
        )
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute("UPDATE runs SET status = 'paused', error = \(Self.large) WHERE id = 'b'")
            try await writer.execute("UPDATE runs SET status = 'running'")
            let messages = [try await rig.next(), try await rig.next()]
            #expect(Set(messages.map(\.id)) == ["a", "b"])
            #expect(messages.allSatisfy { $0.data.utf8.count > 12_800 && $0.has("running") })
            try await writer.execute("UPDATE runs SET id = 'c', progress = 1 WHERE id = 'a'")
            #expect(try await rig.next().data.utf8.count > 12_800)
            try await rig.untilKnown(runs: 2)
        }
    }

    @Test func `takes what is removed and comes again in the same transaction for what it was`() async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute("BEGIN; DELETE FROM runs; INSERT INTO runs (id) VALUES ('a'); COMMIT")
            try await writer.execute("DELETE FROM runs; INSERT INTO runs (id, progress) VALUES ('a', 1)")
            #expect(try await rig.next().has(#"{"id":"a","status":"queued","progress":1}"#))
            try await writer.execute("DELETE FROM runs")
            try await writer.execute("INSERT INTO runs (id, progress) VALUES ('a', 1)")
            #expect(try await rig.next().has(#"{"id":"a","status":"queued","progress":1}"#))
            try await writer.execute("BEGIN; TRUNCATE runs; INSERT INTO runs (id) VALUES ('a'), ('b'); COMMIT")
            #expect(Set([try await rig.next().id, try await rig.next().id]) == ["a", "b"])
            try await writer.execute(
                "BEGIN; UPDATE runs SET status = 'done'; UPDATE runs SET status = 'queued'; COMMIT"
            )
            try await writer.execute("INSERT INTO runs (id) VALUES ('end')")
            #expect(try await rig.next().id == "end")
        }
    }

    @Test func `polls while its slot waits for an old transaction, and changes over without a gap or an echo`()
        async throws
    {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a'), ('b'), ('c')")
        let old = try await database.connect()
        try await old.execute("BEGIN; UPDATE runs SET progress = 7 WHERE id = 'c'")
        try await withFeed(of: database, by: .wal) { rig in
            try await rig.until { $0.capture == .poll && $0.reasons.contains { $0.hasPrefix("wal: waits") } }
            try await writer.execute("UPDATE runs SET status = 'running' WHERE id = 'a'")
            #expect(try await rig.next().has(#""a","status":"running""#))
            // Asynchronous, so that it can be seen and isn't in the log yet.
            try await writer.execute("SET synchronous_commit TO off; UPDATE runs SET status = 'done' WHERE id = 'a'")
            #expect(try await rig.next().has(#""a","status":"completed""#))
            try await old.execute("COMMIT")
            #expect(try await rig.next().has(#""progress":7"#))
            try await self.isStreaming(rig)
            try await writer.execute("DELETE FROM runs WHERE id = 'b'; INSERT INTO runs (id) VALUES ('end')")
            #expect(try await rig.next().id == "end")
            try await rig.untilKnown(runs: 3)
        }
    }

    @Test func `takes a transaction over 100 000 runs as a catch-up, and goes on`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute(
                "INSERT INTO runs (id) SELECT n FROM generate_series(1, 100001) n",
                timeout: .seconds(60)
            )
            var seen: Set<String> = []
            while seen.count < 100_001 {
                #expect(seen.insert(try await rig.next().id).inserted)
            }
            #expect(rig.feedNews.contains { if case .lost(.resync(.largeTransaction), _) = $0 { true } else { false } })
            try await self.isStreaming(rig)
            try await writer.execute("UPDATE runs SET status = 'done' WHERE id = '1'")
            #expect(try await rig.next().has("run_complete"))
        }
    }

    @Test func `pushes nothing of a row that changes its partition, and its next change`() async throws {
        let (database, writer) = try await makeDatabase(
            """
            CREATE TABLE runs (id text, status text, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
            CREATE TABLE runs_1 PARTITION OF runs FOR VALUES IN (1);
            CREATE TABLE runs_2 PARTITION OF runs FOR VALUES IN (2);
            INSERT INTO runs VALUES ('a', 'done', 1)
            """
        )
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute("UPDATE runs SET day = 2")
            try await writer.execute("UPDATE runs SET status = 'failed'")
            #expect(try await rig.next().has("run_failed"))
        }
    }

    @Test func `notices partitions that are emptied, come and go`() async throws {
        let (database, writer) = try await makeDatabase(
            """
            CREATE TABLE runs (id text, status text, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
            CREATE TABLE runs_1 PARTITION OF runs FOR VALUES IN (1);
            CREATE TABLE runs_2 PARTITION OF runs FOR VALUES IN (2);
            INSERT INTO runs VALUES ('a', 'queued', 1), ('b', 'queued', 2)
            """
        )
        try await withFeed(of: database, by: .wal) { rig in
            try await self.isStreaming(rig)
            try await writer.execute("TRUNCATE runs_1")
            try await rig.untilKnown(runs: 1)
            try await self.isStreaming(rig)
            try await writer.execute("INSERT INTO runs VALUES ('a', 'queued', 1)")
            #expect(try await rig.next().id == "a")
            try await writer.execute("ALTER TABLE runs DETACH PARTITION runs_2; UPDATE runs_2 SET status = 'done'")
            try await rig.untilKnown(runs: 1)
            try await writer.execute("ALTER TABLE runs ATTACH PARTITION runs_2 FOR VALUES IN (2)")
            #expect(try await rig.next().has(#""id":"b","status":"completed""#))
        }
    }
}
