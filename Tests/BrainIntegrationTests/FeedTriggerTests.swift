import Brain
import BrainTestKit
import Postgres
import Testing

/// The trigger's promise to writers, and the notify capture's answer to its silences.
@Suite(.timeLimit(.minutes(5)))
struct FeedTriggerTests {
    /// Holds the lock like a Brain, and listens.
    private func listener(of database: TestDatabase) async throws -> Connection {
        let listener = try await database.connect()
        try await listener.execute("LISTEN brain_runs; SELECT pg_advisory_lock(\(BrainTrigger.lockKey))")
        return listener
    }

    @Test func `sends nothing while no Brain listens`() async throws {
        let (database, writer) = try await makeDatabase()
        let listener = try await database.connect()
        try await listener.execute("LISTEN brain_runs")
        try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
        try await writer.execute("NOTIFY brain_runs, 'end'")
        #expect(try await listener.notifications().map(\.payload) == ["end"])
    }

    @Test func `names ids, both where one becomes another, and everything for TRUNCATE`() async throws {
        let (database, writer) = try await makeDatabase()
        let listener = try await self.listener(of: database)
        for statement in [
            "INSERT INTO runs (id) VALUES ('a')", "UPDATE runs SET progress = 1", "UPDATE runs SET progress = 1",
            "UPDATE runs SET updated_at = now()", "UPDATE runs SET id = 'b\"'", "DELETE FROM runs", "TRUNCATE runs",
        ] {
            try await writer.execute(statement)
        }
        try await writer.execute("NOTIFY brain_runs, 'end'")
        var payloads: [String] = []
        while payloads.last != "end" {
            payloads += try await listener.notifications().map(\.payload)
        }
        #expect(payloads == [#"["a"]"#, #"["a"]"#, #"["b\"","a"]"#, #"["b\""]"#, "*", "end"])
    }

    @Test func `never fails a writer: a long id, a dropped column, a changed type`() async throws {
        let (database, writer) = try await makeDatabase()
        let listener = try await self.listener(of: database)
        try await writer.execute("ALTER TABLE runs DROP CONSTRAINT runs_pkey; DROP PUBLICATION brain_runs")
        try await writer.execute("INSERT INTO runs (id) VALUES (repeat('é', 5000))")
        #expect(try await listener.notifications().map(\.payload) == ["*"])
        try await writer.execute("ALTER TABLE runs DROP COLUMN agent")
        try await writer.execute("UPDATE runs SET progress = 1")
        #expect(try await listener.notifications().map(\.payload) == ["*"])
        try await writer.execute("ALTER TABLE runs ALTER COLUMN progress TYPE text")
        try await writer.execute("UPDATE runs SET progress = 'x'")
        #expect(try await listener.notifications().map(\.payload) == ["*"])
    }

    @Test func `lets a Brain begin to rely on it only when writers that were silent have ended`() async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("BEGIN; INSERT INTO runs (id) VALUES ('silent')")
        try await withFeed(of: database, by: .notify) { rig in
            #expect(rig.gauge.status().reasons.contains { $0.contains("advisory lock") })
            try await writer.execute("COMMIT")
            #expect(try await rig.next().id == "silent")
            try await writer.execute("INSERT INTO runs (id) VALUES ('told')")
            #expect(try await rig.next().id == "told")
        }
    }

    @Test func `two Brains at once both see everything`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .notify) { first in
            try await withFeed(of: database, by: .notify) { second in
                try await writer.execute("INSERT INTO runs (id) VALUES ('a')")
                #expect(try await first.next().id == "a")
                #expect(try await second.next().id == "a")
            }
            try await writer.execute("INSERT INTO runs (id) VALUES ('b')")
            #expect(try await first.next().id == "b")
        }
    }

    @Test func `takes garbage on its channel for a reason to look at everything`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .notify) { rig in
            try await writer.execute("SET session_replication_role TO replica; INSERT INTO runs (id) VALUES ('a')")
            try await writer.execute("NOTIFY brain_runs, 'garbage'")
            #expect(try await rig.next().id == "a")
        }
    }

    @Test func `polls when the trigger is disabled or dropped in mid-run, and comes back to it`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .notify) { rig in
            #expect(rig.gauge.status().capture == .notify)
            for step in 1...2 {
                try await writer.execute(
                    step == 1 ? "ALTER TABLE runs DISABLE TRIGGER ALL" : "DROP TRIGGER brain_row ON runs"
                )
                try await writer.execute("INSERT INTO runs (id) VALUES ('unheard-\(step)')")
                #expect(try await rig.next().id == "unheard-\(step)")
                try await rig.until { $0.capture == .poll && $0.ready }
                #expect(rig.gauge.status().reasons.contains { $0.contains("notify") })
                try await Migration.apply(on: writer) { _ in }
                try await rig.until { $0.capture == .notify && $0.ready }
                try await writer.execute("INSERT INTO runs (id) VALUES ('heard-\(step)')")
                #expect(try await rig.next().id == "heard-\(step)")
            }
        }
    }

    @Test func `a whole look that was asked for finds what nothing told of`() async throws {
        let (database, writer) = try await makeDatabase()
        var pace = LookPace()
        pace.compareGap = .milliseconds(10)
        try await withFeed(of: database, by: .notify, pace: pace) { rig in
            try await writer.execute("SET session_replication_role TO replica; INSERT INTO runs (id) VALUES ('a')")
            rig.bell.requestResync()
            #expect(try await rig.next().id == "a")
        }
    }
}
