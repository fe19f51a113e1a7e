import Brain
import BrainTestKit
import Postgres
import Testing

@Suite(.timeLimit(.minutes(5)))
struct FeedMigrationTests {
    private func empty() async throws -> (TestDatabase, Connection) {
        let database = try await ThrowawayPostgres.shared().makeDatabase()
        return (database, try await database.connect())
    }

    private func value(_ query: String, on connection: Connection) async throws -> String? {
        try await connection.query(query)[0, 0]
    }

    @Test func `makes everything once, and a second run changes nothing`() async throws {
        let (_, connection) = try await self.empty()
        #expect(try await Migration.apply(on: connection, samples: true) { _ in })
        #expect(try await self.value("SELECT status FROM runs WHERE id = 'test-run-1'", on: connection) == "queued")
        let catalog = """
            SELECT string_agg(t.xmin::text || p.xmin::text || b.xmin::text, ',') FROM pg_trigger t
            JOIN pg_proc p ON p.oid = t.tgfoid CROSS JOIN pg_publication b WHERE tgname LIKE 'brain_%'
            """
        let before = try await self.value(catalog, on: connection)
        #expect(before != nil)
        var lines: [String] = []
        #expect(try await !Migration.apply(on: connection) { lines.append($0) })
        #expect(lines == ["nothing to do: everything is in place"])
        #expect(try await self.value(catalog, on: connection) == before)
    }

    @Test func `needs no lock of the table where nothing is to be done`() async throws {
        let (database, connection) = try await self.empty()
        try await Migration.apply(on: connection) { _ in }
        let reader = try await database.connect()
        try await reader.execute("BEGIN; LOCK TABLE runs IN SHARE ROW EXCLUSIVE MODE")
        #expect(try await !Migration.apply(on: connection) { _ in })
    }

    @Test func `names the exceptions before it puts the trigger in`() async throws {
        let (_, connection) = try await self.empty()
        var lines: [String] = []
        try await Migration.apply(on: connection) { lines.append($0) }
        #expect(Migration.exceptions.allSatisfy(lines.contains))
    }

    @Test func `prints what works when it is pasted`() async throws {
        let (_, connection) = try await self.empty()
        try await connection.execute(Migration.script(table: nil).joined(separator: ";\n"))
        let table = try await RunsTable.read(on: connection)
        #expect(table.columns == RunsTable.own.columns)
        #expect(table.hasUpdatedAt && table.isPublishable)
        #expect(try await TriggerState.read(of: table, on: connection) == .current)
        #expect(try await !Migration.apply(on: connection) { _ in })
    }

    @Test func `takes out everything but the rows`() async throws {
        let (_, connection) = try await self.empty()
        try await Migration.apply(on: connection, samples: true) { _ in }
        try await Migration.remove(on: connection) { _ in }
        let left = """
            SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'brain_%')
                + (SELECT count(*) FROM pg_namespace WHERE nspname = 'brain')
                + (SELECT count(*) FROM pg_publication)
            """
        #expect(try await self.value(left, on: connection) == "0")
        #expect(try await self.value("SELECT count(*) FROM runs", on: connection) == "4")
        try await Migration.remove(on: connection) { _ in }
    }

    private static let pieces = """
        SELECT (SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'brain_%') || ' triggers, '
            || (SELECT count(*) FROM pg_namespace WHERE nspname = 'brain') || ' schemas, '
            || (SELECT count(*) FROM pg_publication) || ' publications'
        """

    @Test func `puts in what a capture needs, takes out what it doesn't, and then finds nothing to do`() async throws {
        let (_, connection) = try await self.empty()
        let expected: [(CaptureChoice, String)] = [
            (.wal, "0 triggers, 0 schemas, 1 publications"), (.notify, "2 triggers, 1 schemas, 0 publications"),
            (.poll, "0 triggers, 0 schemas, 0 publications"), (.auto, "2 triggers, 1 schemas, 1 publications"),
            (.wal, "0 triggers, 0 schemas, 1 publications"),
        ]
        for (capture, pieces) in expected {
            #expect(try await Migration.apply(on: connection, for: CaptureNeeds(capture)) { _ in })
            #expect(try await self.value(Self.pieces, on: connection) == pieces, "\(capture)")
            #expect(try await !Migration.apply(on: connection, for: CaptureNeeds(capture)) { _ in })
        }
    }

    @Test func `leaves alone what is somebody else's in a schema of its name, the table too`() async throws {
        let (_, connection) = try await self.empty()
        try await connection.execute(
            "CREATE SCHEMA brain; CREATE TABLE brain.runs (id text PRIMARY KEY, status text); SET search_path TO brain"
        )
        for capture in [CaptureChoice.auto, .wal, .poll, .notify] {
            try await Migration.apply(on: connection, for: CaptureNeeds(capture)) { _ in }
        }
        try await Migration.remove(on: connection) { _ in }
        #expect(try await self.value("SELECT count(*) FROM brain.runs", on: connection) == "0")
        #expect(
            try await self.value("SELECT count(*) FROM pg_proc WHERE proname = 'run_changed'", on: connection) == "0"
        )
    }

    @Test(arguments: [
        "ALTER PUBLICATION brain_runs SET (publish = 'insert, update')", "DROP PUBLICATION brain_runs",
        "ALTER PUBLICATION brain_runs SET (publish_via_partition_root = false)",
        "ALTER PUBLICATION brain_runs SET TABLE runs WHERE (id <> 'a')",
        "ALTER PUBLICATION brain_runs SET TABLE runs (id, status)",
        "CREATE TABLE other (id int PRIMARY KEY); ALTER PUBLICATION brain_runs ADD TABLE other",
    ])
    func `renews a publication that doesn't tell all of the table, or of another one`(_ change: String) async throws {
        let (_, connection) = try await self.empty()
        try await Migration.apply(on: connection) { _ in }
        try await connection.execute(change)
        #expect(try await Migration.apply(on: connection) { _ in })
        #expect(try await !Migration.apply(on: connection) { _ in })
        let tables = "SELECT string_agg(tablename, ',') FROM pg_publication_tables WHERE pubname = 'brain_runs'"
        #expect(try await self.value(tables, on: connection) == "runs")
    }

    @Test func `renews the function when columns changed, and enables a disabled trigger`() async throws {
        let (_, connection) = try await self.empty()
        try await Migration.apply(on: connection) { _ in }
        try await connection.execute("ALTER TABLE runs DROP COLUMN agent")
        var table = try await RunsTable.read(on: connection)
        #expect(try await TriggerState.read(of: table, on: connection) == .outdated)
        try await Migration.apply(on: connection) { _ in }
        try await connection.execute("ALTER TABLE runs DISABLE TRIGGER brain_row")
        table = try await RunsTable.read(on: connection)
        #expect(try await TriggerState.read(of: table, on: connection) == .disabled)
        try await Migration.apply(on: connection) { _ in }
        #expect(try await TriggerState.read(of: table, on: connection) == .current)
    }

    @Test(arguments: [
        ("CREATE TABLE runs (id text, status text)", false),
        ("CREATE TABLE runs (id text PRIMARY KEY DEFERRABLE, status text)", false),
        ("CREATE UNLOGGED TABLE runs (id text PRIMARY KEY, status text)", false),
        ("CREATE TABLE runs (id text, status text); ALTER TABLE runs REPLICA IDENTITY FULL", true),
        ("CREATE TABLE runs (id text PRIMARY KEY, status text); CREATE TABLE old () INHERITS (runs)", false),
        (
            """
            CREATE TABLE runs (id text, status text) PARTITION BY LIST (status);
            CREATE TABLE runs_1 PARTITION OF runs DEFAULT; ALTER TABLE runs_1 REPLICA IDENTITY FULL;
            ALTER TABLE runs REPLICA IDENTITY FULL
            """, false
        ),
        (
            """
            CREATE TABLE runs (id text, status text, PRIMARY KEY (id, status)) PARTITION BY LIST (status);
            CREATE TABLE runs_1 PARTITION OF runs DEFAULT
            """, true
        ),
        (
            """
            CREATE TABLE runs (id text, status text, PRIMARY KEY (id, status)) PARTITION BY LIST (status);
            CREATE UNLOGGED TABLE runs_1 PARTITION OF runs DEFAULT
            """, false
        ),
        ("CREATE TABLE runs (id uuid PRIMARY KEY, status text)", true),
    ])
    func `publishes only where UPDATE goes on working`(_ script: String, _ isPublished: Bool) async throws {
        let (_, connection) = try await self.empty()
        try await connection.execute(script)
        try await Migration.apply(on: connection) { _ in }
        #expect(
            try await self.value("SELECT count(*) FROM pg_publication", on: connection) == (isPublished ? "1" : "0")
        )
        try await connection.execute(
            """
            INSERT INTO runs VALUES ('8f9b3bd5-0f47-4be8-9f3a-0f7b4b9c2d11', 'queued');
            UPDATE runs SET status = 'done'; DELETE FROM runs
            """
        )
        #expect(try await !Migration.apply(on: connection) { _ in })
    }

    @Test func `drops a publication that came to refuse UPDATE`() async throws {
        let (_, connection) = try await self.empty()
        try await Migration.apply(on: connection, samples: true) { _ in }
        try await connection.execute("ALTER TABLE runs DROP CONSTRAINT runs_pkey")
        await #expect(throws: PostgresError.self) { try await connection.execute("UPDATE runs SET progress = 1") }
        try await Migration.apply(on: connection) { _ in }
        try await connection.execute("UPDATE runs SET progress = 1")
    }

    @Test(arguments: [
        ("CREATE VIEW runs AS SELECT 'a' AS id, 'b' AS status", RunsTableError.notATable(kind: "view")),
        ("CREATE TABLE runs (key text, status text)", RunsTableError.columnMissing("id")),
        ("CREATE TABLE runs (id text, state text)", RunsTableError.columnMissing("status")),
    ])
    func `says why a runs doesn't serve`(_ script: String, _ expected: RunsTableError) async throws {
        let (_, connection) = try await self.empty()
        try await connection.execute(script)
        await #expect(throws: MigrationError.feed(.table(expected))) {
            try await Migration.apply(on: connection) { _ in }
        }
    }

    @Test func `puts in the trigger where the role may make no publication`() async throws {
        let (database, connection) = try await self.empty()
        let role = "writer_\(connection.backendPID)"
        try await connection.execute(
            """
            CREATE ROLE \(role) LOGIN; CREATE TABLE runs (id text PRIMARY KEY, status text);
            ALTER TABLE runs OWNER TO \(role); CREATE SCHEMA brain AUTHORIZATION \(role)
            """
        )
        var target = database.target
        target.overrides["user"] = role
        let poor = try await Connection.open(target, on: database.thread, timeout: .seconds(20))
        var lines: [String] = []
        try await Migration.apply(on: poor) { lines.append($0) }
        #expect(lines.contains { $0.hasPrefix("no publication, so no capture by wal") })
        let table = try await RunsTable.read(on: poor)
        #expect(try await TriggerState.read(of: table, on: poor) == .current)
        await poor.close()
        try await connection.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
    }
}
