import Brain
import BrainTestKit
import Postgres
import Testing

/// Tables that were there before Brain (contract §6).
@Suite(.timeLimit(.minutes(5)))
struct FeedAdoptedTableTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let name: String
        let table: String
        let insert: String
        let inserted: String
        let update: String
        let updated: String

        var testDescription: String { self.name }
    }

    static let shapes = [
        Shape(
            name: "uuid, enum, other names, times without zone",
            table: """
                CREATE TYPE state AS ENUM ('pending', 'in_progress', 'success');
                CREATE TABLE runs (id uuid PRIMARY KEY, status state, progress double precision, started_at timestamp,
                    ended_at timestamp, error_message json, "odd ""name" int)
                """,
            insert: """
                INSERT INTO runs VALUES ('8F9B3BD5-0F47-4BE8-9F3A-0F7B4B9C2D11', 'in_progress', 0.1,
                    '2026-02-06 01:30:00.5')
                """,
            inserted: """
                {"id":"8f9b3bd5-0f47-4be8-9f3a-0f7b4b9c2d11","status":"running","progress":0.1,\
                "started_at":"2026-02-06T01:30:00.500Z"}
                """,
            update: "UPDATE runs SET status = 'success', ended_at = '2026-02-06 02:00', error_message = '[1]'",
            updated: """
                {"id":"8f9b3bd5-0f47-4be8-9f3a-0f7b4b9c2d11","status":"completed","progress":0.1,\
                "started_at":"2026-02-06T01:30:00.500Z","completed_at":"2026-02-06T02:00:00.000Z","error":"[1]"}
                """
        ),
        Shape(
            name: "bigint, no progress, no primary key",
            table: """
                CREATE TABLE runs (id bigint, status varchar(20), finished_at timestamptz);
                ALTER TABLE runs REPLICA IDENTITY FULL
                """,
            insert: "INSERT INTO runs VALUES (9223372036854775807, 'Running')",
            inserted: #"{"id":"9223372036854775807","status":"running"}"#,
            update: "UPDATE runs SET status = 'DONE', finished_at = '2026-02-06 02:00+05:30'",
            updated: #"{"id":"9223372036854775807","status":"completed","completed_at":"2026-02-05T20:30:00.000Z"}"#
        ),
        Shape(
            name: "a padded id, in a partition",
            table: """
                CREATE TABLE runs (id char(12), status text, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
                CREATE TABLE runs_1 PARTITION OF runs FOR VALUES IN (1)
                """,
            insert: "INSERT INTO runs VALUES ('ab', 'queued', 1)",
            inserted: #"{"id":"ab","status":"queued"}"#,
            update: "UPDATE runs_1 SET status = 'canceled'",
            updated: #"{"id":"ab","status":"failed"}"#
        ),
        Shape(
            name: "a padded domain, a boolean agent, a name, an error in XML",
            table: """
                CREATE DOMAIN short AS char(10);
                CREATE TABLE runs (id short PRIMARY KEY, status char(12), agent boolean, task_id name, error xml)
                """,
            insert: "INSERT INTO runs VALUES ('ab', 'queued', true, 't')",
            inserted: #"{"id":"ab","status":"queued","task_id":"t","agent":"true"}"#,
            update: "UPDATE runs SET status = 'error', agent = NULL, error = '<a b=\"1\"/>'",
            updated: #"{"id":"ab","status":"failed","task_id":"t","error":"<a b=\"1\"/>"}"#
        ),
        Shape(
            name: "on the search path, in a schema whose name needs quotes",
            table: """
                CREATE SCHEMA "odd ""one"; SET search_path TO "odd ""one";
                DO $$ BEGIN
                    EXECUTE format('ALTER DATABASE %I SET search_path TO "odd ""one"', current_database());
                END $$;
                CREATE TABLE runs (id text PRIMARY KEY, status text)
                """,
            insert: "INSERT INTO runs VALUES ('a', 'queued')",
            inserted: #"{"id":"a","status":"queued"}"#,
            update: "UPDATE runs SET status = 'error'",
            updated: #"{"id":"a","status":"failed"}"#
        ),
    ]

    @Test(arguments: shapes, [CaptureName.poll, .notify, .wal])
    func `are followed as they are`(_ shape: Shape, _ capture: CaptureName) async throws {
        let (database, writer) = try await makeDatabase(shape.table)
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute(shape.insert)
            #expect(try await rig.next().has(shape.inserted))
            try await writer.execute(shape.update)
            #expect(try await rig.next().has(shape.updated))
            try await writer.execute("DELETE FROM runs")
            try await rig.untilKnown(runs: 0)
        }
    }

    @Test(arguments: [CaptureName.poll, .notify, .wal, nil])
    func `are read anew when a column comes, goes or changes its type`(_ capture: CaptureName?) async throws {
        let (database, writer) = try await makeDatabase(
            "CREATE TABLE runs (id int PRIMARY KEY, status text, agent text)"
        )
        try await writer.execute("INSERT INTO runs VALUES (1, 'queued', 'dev')")
        try await withFeed(of: database, by: capture) { rig in
            try await writer.execute("ALTER TABLE runs ADD COLUMN progress int; UPDATE runs SET progress = 7")
            try await Migration.apply(on: writer) { _ in }
            #expect(try await rig.next().has(#""progress":7"#))
            try await writer.execute("ALTER TABLE runs DROP COLUMN agent")
            try await Migration.apply(on: writer) { _ in }
            #expect(try await !rig.next().has("agent"))
            try await writer.execute("ALTER TABLE runs ALTER COLUMN id TYPE text; UPDATE runs SET status = 'done'")
            try await Migration.apply(on: writer) { _ in }
            #expect(try await rig.next().has("completed"))
        }
    }
}
