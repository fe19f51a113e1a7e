import Brain
import BrainTestKit
import Testing

/// `/api/runs`: reads and writes that come back by the change feed (contract §2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonRunsAPITests {
    static let captures: [CaptureChoice] = [.notify, .poll, .wal]

    @Test(arguments: captures)
    func `pushes what is written through the API exactly once`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture)) { daemon in
            let client = try await daemon.connect()
            let made = try await daemon.send("POST", "/api/runs", #"{"id":"a","status":"running","progress":1.50}"#)
            #expect(made.status == 201)
            #expect(made.header("Content-Type") == "application/json")
            #expect(made.body == #"{"id":"a","status":"running","progress":1.5}"#)
            #expect(try await daemon.settled(client).map(\.data) == [made.body])
            let changed = try await daemon.send("PATCH", "/api/runs/a", #"{"status":"completed"}"#)
            #expect(changed.status == 200)
            #expect(changed.body == #"{"id":"a","status":"completed","progress":1.5}"#)
            #expect(try await daemon.settled(client).map(\.description) == ["run_complete \(changed.body)"])
            #expect(try await daemon.send("PATCH", "/api/runs/a", #"{"status":"completed"}"#).status == 200)
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test
    func `clears with null, and leaves alone what isn't named`() async throws {
        try await withDaemon { daemon in
            let body =
                #"{"id":"a","status":"failed","progress":3,"task_id":"t","agent":"g","#
                + #""started_at":"2026-02-06T01:30:00+01:00","completed_at":"2026-02-06T01:30:00.25Z","error":"e"}"#
            let made = try await daemon.send("POST", "/api/runs", body)
            #expect(
                made.body == #"{"id":"a","status":"failed","progress":3,"task_id":"t","agent":"g","#
                    + #""started_at":"2026-02-06T00:30:00.000Z","completed_at":"2026-02-06T01:30:00.250Z","error":"e"}"#
            )
            let cleared = try await daemon.send(
                "PATCH",
                "/api/runs/a",
                #"{"progress":null,"task_id":null,"started_at":null,"completed_at":null,"error":null}"#
            )
            #expect(cleared.body == #"{"id":"a","status":"failed","agent":"g"}"#)
            let same = try await daemon.send("PATCH", "/api/runs/a", "{}")
            #expect(same.status == 200 && same.body == cleared.body)
        }
    }

    @Test
    func `makes an id where none is given, and refuses one that is taken`() async throws {
        try await withDaemon { daemon in
            let made = try await daemon.send("POST", "/api/runs", "{}")
            let id = try #require(try made.json["id"]?.text)
            #expect(made.status == 201 && !id.isEmpty)
            #expect(try await daemon.send("GET", "/api/runs/\(id)").body == made.body)
            let again = try await daemon.send("POST", "/api/runs", #"{"id":"\#(id)"}"#)
            #expect(again.status == 409 && again.isProblem)
        }
    }

    @Test
    func `finds a run by any id, and answers 404 for the rest`() async throws {
        try await withDaemon(DaemonSetup(script: "INSERT INTO runs (id) VALUES ('a/b c?é'), ('plain')")) { daemon in
            #expect(
                try await daemon.json("/api/runs/a%2Fb%20c%3F%C3%A9") == .object(["id": "a/b c?é", "status": "queued"])
            )
            for target in [
                "/api/runs/none", "/api/runs/a", "/api/runs/%00", "/api/runs/", "/api/run/plain", "/nothing",
            ] {
                let answer = try await daemon.send("GET", target)
                #expect(answer.status == 404 && answer.isProblem, "\(target)")
            }
            let patched = try await daemon.send("PATCH", "/api/runs/none", #"{"progress":1}"#)
            #expect(patched.status == 404 && patched.isProblem)
        }
    }

    @Test
    func `answers 404 for an id that the column can't hold`() async throws {
        var setup = DaemonSetup()
        setup.schema = "CREATE TABLE runs (id integer PRIMARY KEY, status text); INSERT INTO runs VALUES (7, 'queued')"
        try await withDaemon(setup) { daemon async throws in
            #expect(try await daemon.json("/api/runs/7")["id"] == "7")
            for id in ["seven", "99999999999999999999", "7.5"] {
                #expect(try await daemon.send("GET", "/api/runs/\(id)").status == 404)
                #expect(try await daemon.send("PATCH", "/api/runs/\(id)", #"{"status":"done"}"#).status == 404)
            }
            #expect(try await daemon.send("POST", "/api/runs", #"{"id":"x"}"#).status == 400)
        }
    }

    @Test
    func `pages by started_at, those without one first, then by id`() async throws {
        let script = """
            INSERT INTO runs (id, status, task_id, started_at) SELECT 'r' || lpad(n::text, 2, '0'),
            CASE n % 2 WHEN 0 THEN 'SUCCESS' ELSE 'running' END, 't' || n % 3,
            CASE WHEN n > 4 THEN '2026-02-06'::timestamptz + (n / 2) * interval '1 ms' END FROM generate_series(1, 12) n
            """
        try await withDaemon(DaemonSetup(script: script)) { daemon in
            var ids: [String] = []
            var cursor: String? = ""
            while let next = cursor {
                let query = next.isEmpty ? "" : "&cursor=\(next)"
                let page = try await daemon.json("/api/runs?limit=5\(query)")
                #expect(page.names == ["runs", "next_cursor"])
                ids += page["runs"]?.elements.compactMap { $0["id"]?.text } ?? []
                cursor = page["next_cursor"]?.text
            }
            #expect(
                ids == [
                    "r01", "r02", "r03", "r04", "r12", "r10", "r11", "r08", "r09", "r06", "r07", "r05",
                ]
            )
            let completed = try await daemon.json("/api/runs?status=completed&task_id=t0")
            #expect(completed["runs"]?.elements.compactMap { $0["id"]?.text } == ["r12", "r06"])
            #expect(completed["next_cursor"] == .null)
        }
    }

    @Test
    func `refuses a query that doesn't fit`() async throws {
        try await withDaemon { daemon in
            for query in ["limit=0", "limit=1001", "limit=x", "limit=-1", "status=strange", "cursor=nonsense"] {
                let answer = try await daemon.send("GET", "/api/runs?\(query)")
                #expect(answer.status == 400 && answer.isProblem, "\(query)")
            }
        }
    }
}
