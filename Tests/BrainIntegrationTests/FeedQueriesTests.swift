import Brain
import BrainTestKit
import Postgres
import Runs
import Testing

/// The HTTP API's reads and writes, against a real server.
@Suite(.timeLimit(.minutes(5)))
struct FeedQueriesTests {
    private func queries(_ script: String? = nil) async throws -> (RunsQueries, Connection) {
        let (database, writer) = try await makeDatabase(script)
        return (RunsQueries(session: FeedSession(target: database.target, thread: database.thread)), writer)
    }

    private func draft(_ body: String) throws -> RunDraft {
        try RunDraft.parse(Array(body.utf8), for: .create)
    }

    @Test func `lists by time, those without one first, page by page without gap or repetition`() async throws {
        let (queries, writer) = try await self.queries()
        try await writer.execute(
            """
            INSERT INTO runs (id, started_at)
                SELECT 'same-' || n, '2026-02-06 01:30:00.123456+00' FROM generate_series(1, 5) n;
            INSERT INTO runs (id, started_at) VALUES ('later', '2026-02-06 01:30:00.123457+00'), ('last', 'infinity');
            INSERT INTO runs (id) VALUES ('b'), ('a'), ('c')
            """
        )
        let expected = ["a", "b", "c", "last", "later"] + (1...5).map { "same-\($0)" }
        for limit in [1, 2, 3, 9, 10] {
            var found: [String] = []
            var cursor: RunCursor?
            repeat {
                let page = try await queries.list(RunsPageRequest(limit: limit, cursor: cursor))
                #expect(page.rows.count <= limit)
                found += page.rows.map(\.id)
                cursor = page.next.flatMap { RunCursor($0.text) }
            } while cursor != nil
            #expect(found == expected)
        }
    }

    @Test func `finds by status whatever the word, and by task`() async throws {
        let (queries, writer) = try await self.queries()
        try await writer.execute(
            """
            INSERT INTO runs (id, status, task_id) VALUES
                ('a', 'PENDING', 't'), ('b', 'queued', NULL), ('c', 'done', 't'), ('d', 'odd', 't')
            """
        )
        #expect(try await queries.list(RunsPageRequest(status: .queued)).rows.map(\.id) == ["a", "b"])
        #expect(try await queries.list(RunsPageRequest(taskID: "t")).rows.map(\.id) == ["a", "c", "d"])
        #expect(try await queries.list(RunsPageRequest(status: .completed, taskID: "t")).rows.map(\.id) == ["c"])
        #expect(try await queries.list(RunsPageRequest(taskID: "' OR true --")).rows.isEmpty)
    }

    @Test func `makes a run, with an id of its own where none is given, and refuses one that is there`() async throws {
        let (queries, _) = try await self.queries()
        let made = try await queries.create(self.draft(#"{"agent":"dev","progress":1e1}"#))
        #expect(made.id.utf8.count == 36)
        #expect(RunState.json(of: made) == #"{"id":"\#(made.id)","status":"queued","progress":10,"agent":"dev"}"#)
        let named = try await queries.create(self.draft(#"{"id":"a","status":"running"}"#))
        #expect(named.id == "a")
        await #expect(throws: RunsQueryError.conflict) { try await queries.create(self.draft(#"{"id":"a"}"#)) }
        #expect(try await queries.run(id: "a") == named)
    }

    @Test func `changes what is named, clears by null, and leaves the rest`() async throws {
        let (queries, writer) = try await self.queries()
        try await writer.execute(
            "INSERT INTO runs (id, agent, error, updated_at) VALUES ('a', 'dev', 'boom', '2000-01-01')"
        )
        let body = #"{"status":"running","error":null,"started_at":"2026-02-06T07:00:00.5+05:30"}"#
        let changed = try await queries.patch(id: "a", self.draft(body))
        #expect(
            RunState.json(of: changed)
                == #"{"id":"a","status":"running","agent":"dev","started_at":"2026-02-06T01:30:00.500Z"}"#
        )
        #expect(try await writer.query("SELECT updated_at > '2001-01-01' FROM runs")[0, 0] == "t")
        #expect(try await queries.patch(id: "a", RunDraft()) == changed)
        await #expect(throws: RunsQueryError.notFound) { try await queries.patch(id: "b", self.draft(body)) }
        await #expect(throws: RunsQueryError.self) { try await queries.patch(id: "a", self.draft(#"{"status":null}"#)) }
    }

    @Test(arguments: ["uuid", "bigint"])
    func `knows no run for an id that the column can't hold`(_ type: String) async throws {
        let (queries, _) = try await self.queries("CREATE TABLE runs (id \(type) PRIMARY KEY, status text)")
        for id in ["x", "", "99999999999999999999", "a\0b", "'", "1; DROP TABLE runs"] {
            #expect(try await queries.run(id: id) == nil)
            await #expect(throws: RunsQueryError.notFound) {
                try await queries.patch(id: id, self.draft(#"{"status":"done"}"#))
            }
        }
    }

    @Test func `writes into an adopted table by its own names and types`() async throws {
        let (queries, _) = try await self.queries(
            """
            CREATE TYPE state AS ENUM ('pending', 'running');
            CREATE TABLE runs (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, status state DEFAULT 'pending',
                progress int, started_at timestamp, error_message varchar(5))
            """
        )
        let made = try await queries.create(
            self.draft(#"{"progress":4.0,"started_at":"2026-02-06T07:00:00+05:30","error":"short"}"#)
        )
        #expect(
            RunState.json(of: made)
                == #"{"id":"1","status":"queued","progress":4,"started_at":"2026-02-06T01:30:00.000Z","error":"short"}"#
        )
        for body in [
            #"{"status":"done"}"#, #"{"progress":4.5}"#, #"{"error":"too long"}"#, #"{"agent":"a"}"#,
            #"{"progress":99999999999}"#,
        ] {
            guard case .rejected = await self.failure(of: { try await queries.patch(id: "1", self.draft(body)) }) else {
                Issue.record("\(body) was taken")
                continue
            }
        }
        #expect(try await queries.create(RunDraft()).id == "2")
    }

    @Test func `adapts when the table was altered meanwhile`() async throws {
        let (queries, writer) = try await self.queries()
        _ = try await queries.create(self.draft(#"{"id":"a","agent":"dev"}"#))
        try await writer.execute("ALTER TABLE runs DROP COLUMN agent")
        #expect(try await queries.run(id: "a")?.agent == nil)
    }

    @Test func `serves many at once, and goes on after its connections were cut`() async throws {
        let (queries, writer) = try await self.queries("CREATE TABLE runs (id text PRIMARY KEY, status text)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...60 {
                group.addTask { _ = try await queries.create(self.draft("{\"id\":\"\(number)\"}")) }
            }
            try await group.waitForAll()
        }
        #expect(try await writer.query("SELECT count(*) FROM runs")[0, 0] == "60")
        let count =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'brain' AND datname = current_database()"
        let connections = try await writer.query(count)[0, 0].flatMap { Int($0) } ?? 0
        #expect((1...4).contains(connections))
        try await writer.execute(FeedCaptureTests.cut)
        var answered: RunRow?
        while answered == nil {
            answered = try? await queries.run(id: "1")
        }
        #expect(answered?.id == "1")
    }

    @Test func `turns away who comes when 64 wait`() async throws {
        let (queries, writer) = try await self.queries()
        try await writer.execute("BEGIN; LOCK TABLE runs")
        let failures = await withTaskGroup(of: RunsQueryError?.self) { group in
            for _ in 1...80 {
                group.addTask { await self.failure(of: { _ = try await queries.list(RunsPageRequest()) }) }
            }
            var failures: [RunsQueryError?] = []
            for await failure in group {
                failures.append(failure)
                // The first that come back are those for whom there was no place: now let the others through.
                if failures.count == 12 {
                    try? await writer.execute("COMMIT")
                }
            }
            return failures
        }
        #expect(failures.filter { $0 == .busy }.count == 12)
        #expect(failures.filter { $0 == nil }.count == 68)
    }

    private func failure(of body: () async throws -> Any) async -> RunsQueryError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? RunsQueryError
        }
    }
}
