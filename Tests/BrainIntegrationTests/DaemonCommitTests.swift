import Brain
import BrainTestKit
import Postgres
import Testing

/// Which commits make a message, and which don't (contract §3.2, §4.1).
@Suite(.timeLimit(.minutes(5)))
struct DaemonCommitTests {
    static let captures: [CaptureChoice] = [.notify, .poll, .wal]
    static let one = "INSERT INTO runs (id, status) VALUES ('a', 'running')"

    @Test(arguments: captures)
    func `never shows what was rolled back`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("BEGIN; UPDATE runs SET progress = 1; INSERT INTO runs (id) VALUES ('b'); ROLLBACK")
            #expect(try await daemon.settled(client).isEmpty)
            await #expect(throws: PostgresError.self) {
                try await daemon.sql("UPDATE runs SET progress = 2; SELECT 1 / 0")
            }
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test(arguments: captures)
    func `shows what a savepoint left, and not what it took back`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql(
                """
                BEGIN; UPDATE runs SET progress = 1; SAVEPOINT s; UPDATE runs SET progress = 2, agent = 'gone';
                INSERT INTO runs (id) VALUES ('b'); ROLLBACK TO s; COMMIT
                """
            )
            #expect(
                try await daemon.settled(client).map(\.data) == [#"{"id":"a","status":"running","progress":1}"#]
            )
        }
    }

    @Test(arguments: captures)
    func `says nothing of an update that changes nothing`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET status = status")
            try await daemon.sql("UPDATE runs SET created_at = now(), updated_at = now()")
            try await daemon.sql("UPDATE runs SET status = 'IN_PROGRESS'")
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test(arguments: captures)
    func `shows only the last state of a transaction`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql(
                """
                BEGIN; UPDATE runs SET status = 'completed'; UPDATE runs SET status = 'failed';
                UPDATE runs SET status = 'running', progress = 3; COMMIT
                """
            )
            #expect(
                try await daemon.settled(client).map(\.description)
                    == [#"run_update {"id":"a","status":"running","progress":3}"#]
            )
            try await daemon.sql("BEGIN; UPDATE runs SET progress = 4; UPDATE runs SET progress = 3; COMMIT")
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test(arguments: captures)
    func `forgets what is deleted or truncated, and sends it when it comes again`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            for removal in ["DELETE FROM runs", "TRUNCATE runs"] {
                try await daemon.sql(removal)
                try await eventually("no run is known") { daemon.knownRuns == 0 }
                try await daemon.sql(Self.one)
                #expect(try await client.nextMessage().data == #"{"id":"a","status":"running"}"#)
            }
        }
    }

    @Test(arguments: captures)
    func `forgets an id that was changed, and sends the new one`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET id = 'b'")
            #expect(try await client.nextMessage().data == #"{"id":"b","status":"running"}"#)
            try await eventually("one run is known") { daemon.knownRuns == 1 }
            try await daemon.sql(Self.one)
            #expect(try await client.nextMessage().data == #"{"id":"a","status":"running"}"#)
        }
    }

    @Test(arguments: captures)
    func `takes the table as found at the start for sent`(_ capture: CaptureChoice) async throws {
        let script = "INSERT INTO runs (id, status) SELECT 'r' || n, 'completed' FROM generate_series(1, 5000) n"
        try await withDaemon(DaemonSetup(capture, script: script)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET error = NULL WHERE id = 'r17'")
            try await daemon.sql("UPDATE runs SET error = 'x' WHERE id = 'r18'")
            #expect(try await daemon.settled(client).map(\.id) == ["r18"])
        }
    }

    @Test(arguments: captures)
    func `reads a table of another shape without changing it`(_ capture: CaptureChoice) async throws {
        var setup = DaemonSetup(capture)
        setup.schema = """
            CREATE TYPE state AS ENUM ('pending', 'done');
            CREATE TABLE runs (id bigint PRIMARY KEY, status state, error_message text, ended_at timestamp)
            """
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("INSERT INTO runs VALUES (7, 'done', 'why', '2026-02-06 01:30:00.5')")
            let message = try await client.nextMessage()
            #expect(message.type == "run_complete")
            #expect(
                message.data
                    == #"{"id":"7","status":"completed","completed_at":"2026-02-06T01:30:00.500Z","error":"why"}"#
            )
        }
    }
}
