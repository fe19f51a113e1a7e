import Brain
import BrainTestKit
import Postgres
import Testing

/// What both captures owe (contract §3.2, §4), against a real server.
@Suite(.timeLimit(.minutes(5)))
struct FeedCaptureTests {
    static let captures: [CaptureName] = [.poll, .notify, .wal]

    static let cut = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'brain' AND datname = current_database()
        """

    @Test(arguments: captures)
    func `pushes an insert, then an update, and not what was there at the start`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id, status) VALUES ('old', 'running')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("INSERT INTO runs (id, status) VALUES ('new', 'completed')")
            let first = try await rig.next()
            #expect(first.has(#""type":"run_complete","data":{"id":"new","status":"completed"}"#))
            try await writer.execute("UPDATE runs SET progress = 40.50 WHERE id = 'old'")
            #expect(try await rig.next().has(#"{"id":"old","status":"running","progress":40.5}"#))
        }
    }

    @Test(arguments: captures)
    func `finds a transaction that commits after later ones`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('late'), ('early')")
        let late = try await database.connect()
        try await withFeed(of: database, by: capture) { rig in
            try await late.execute("BEGIN; UPDATE runs SET progress = 1 WHERE id = 'late'")
            for step in 1...5 {
                try await writer.execute("UPDATE runs SET progress = \(step) WHERE id = 'early'")
                #expect(try await rig.next().has(#""id":"early","status":"queued","progress":\#(step)"#))
            }
            try await late.execute("COMMIT")
            #expect(try await rig.next().has(#""id":"late""#))
        }
    }

    @Test(arguments: captures)
    func `finds what subtransactions wrote, of which one was rolled back`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a'), ('b')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("BEGIN; SAVEPOINT one; UPDATE runs SET progress = 1 WHERE id = 'a'; RELEASE one")
            try await writer.execute("SAVEPOINT two; UPDATE runs SET progress = 2 WHERE id = 'b'")
            try await writer.execute("ROLLBACK TO two")
            let other = try await database.connect()
            try await other.execute("INSERT INTO runs (id) VALUES ('between')")
            #expect(try await rig.next().id == "between")
            try await writer.execute("COMMIT")
            #expect(try await rig.next().has(#""id":"a","status":"queued","progress":1"#))
            try await writer.execute("INSERT INTO runs (id) VALUES ('end')")
            #expect(try await rig.next().id == "end")
        }
    }

    @Test(arguments: captures)
    func `never shows what was rolled back, nor an update that changes nothing`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("BEGIN; UPDATE runs SET progress = 9; ROLLBACK")
            try await writer.execute("UPDATE runs SET status = status, updated_at = now()")
            try await writer.execute("INSERT INTO runs (id) VALUES ('end')")
            #expect(try await rig.next().id == "end")
        }
    }

    @Test(arguments: captures)
    func `forgets what is deleted or truncated, and pushes it when it comes again`(_ capture: CaptureName) async throws
    {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a'), ('b')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("DELETE FROM runs WHERE id = 'a'")
            try await rig.untilKnown(runs: 1)
            try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
            #expect(try await rig.next().id == "a")
            try await writer.execute("TRUNCATE runs")
            try await rig.untilKnown(runs: 0)
            try await writer.execute("INSERT INTO runs (id) VALUES ('b')")
            #expect(try await rig.next().id == "b")
        }
    }

    @Test(arguments: captures)
    func `forgets the old id and pushes the new one`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('before')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("UPDATE runs SET id = 'after'")
            #expect(try await rig.next().id == "after")
            try await rig.untilKnown(runs: 1)
        }
    }

    @Test(arguments: captures)
    func `sees ON CONFLICT and a statement that writes thousands`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: capture) { rig in
            let upsert = "INSERT INTO runs (id) VALUES ('a') ON CONFLICT (id) DO UPDATE SET status = 'running'"
            try await writer.execute(upsert)
            #expect(try await rig.next().has("queued"))
            try await writer.execute(upsert)
            #expect(try await rig.next().has("running"))
            try await writer.execute("INSERT INTO runs (id) SELECT 'many-' || n FROM generate_series(1, 12000) n")
            var seen: Set<String> = []
            while seen.count < 12_000 {
                #expect(seen.insert(try await rig.next().id).inserted)
            }
        }
    }

    @Test(arguments: captures)
    func `keeps two ids apart that Swift takes for the same text`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("INSERT INTO runs (id) VALUES (E'caf\\u00e9'), (E'cafe\\u0301')")
            let both = [try await rig.next(), try await rig.next()]
            #expect(Set(both.map { $0.id.unicodeScalars.count }) == [4, 5])
        }
    }

    @Test(arguments: captures)
    func `carries a long error and odd characters whole`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: capture) { rig in
            let error = String(repeating: "é\\\"\n", count: 4000)
            _ = try await writer.query(
                "INSERT INTO runs (id, status, error) VALUES ($1, 'failed', $2)",
                ["a\"{},", error]
            )
            let message = try await rig.next()
            #expect(message.id == "a\"{},")
            #expect(message.data.utf8.count > 28_000)
            _ = try await writer.query("UPDATE runs SET error = left(error, -1)")
            #expect(try await rig.next() != message)
        }
    }

    @Test(arguments: captures)
    func `passes over unknown words with one piece of news per word`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("INSERT INTO runs (id, status) VALUES ('a', 'paused'), ('b', 'paused')")
            try await writer.execute("INSERT INTO runs (id, status) VALUES ('c', 'Done')")
            #expect(try await rig.next().has(#""id":"c","status":"completed""#))
            let news = rig.repositoryNews
            #expect(news.filter { $0 == .unknownStatus("paused") }.count == 1)
        }
    }

    @Test(arguments: captures)
    func `catches up on what changed while its connections were cut`(_ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('a'), ('b')")
        try await withFeed(of: database, by: capture) { rig in
            for round in 1...5 {
                try await writer.execute("UPDATE runs SET progress = \(round) WHERE id = 'a'")
                try await writer.execute(Self.cut)
                try await writer.execute("UPDATE runs SET progress = \(round), status = 'completed' WHERE id = 'b'")
                let both = [try await rig.next(), try await rig.next()]
                #expect(Set(both.map(\.id)) == ["a", "b"])
                #expect(both.allSatisfy { $0.has(#""progress":\#(round)"#) })
            }
            #expect(rig.feedNews.contains { if case .lost = $0 { true } else { false } })
        }
    }
}
