import Brain
import BrainTestKit
import Postgres
import Testing

/// What an outage of the database costs: time, not states (contract §4.4).
@Suite(.timeLimit(.minutes(5)))
struct DaemonOutageTests {
    static let captures: [CaptureChoice] = [.notify, .poll]
    static let two = "INSERT INTO runs (id, status) VALUES ('a', 'running'), ('b', 'running')"
    static let backends = """
        FROM pg_stat_activity WHERE application_name = 'brain' AND datname = current_database() AND pid <> pg_backend_pid()
        """

    @Test(arguments: captures)
    func `loses no state when each of its backends is terminated, one by one and all at once`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.two)) { daemon in
            let client = try await daemon.connect()
            #expect(try await daemon.send("GET", "/api/runs").status == 200)
            let count = try await daemon.writer.query("SELECT count(*) \(Self.backends)")[0, 0].flatMap { Int($0) } ?? 0
            #expect(count >= (capture == .notify ? 3 : 2))
            for round in 1...count + 1 {
                try await daemon.sql("UPDATE runs SET progress = \(round) WHERE id = 'a'")
                try await Self.terminate(round > count ? "ALL" : "1 OFFSET \(round - 1)", at: daemon)
                try await daemon.sql("UPDATE runs SET progress = \(round), status = 'completed' WHERE id = 'b'")
                let seen = [try await client.nextMessage(), try await client.nextMessage()]
                #expect(Set(seen.map(\.id)) == ["a", "b"])
                #expect(seen.allSatisfy { $0.progress == round })
                try await Self.isReady(daemon)
            }
            #expect(try await daemon.settled(client).isEmpty)
            // A read on a connection that was in use a moment ago may meet its end once.
            try await eventually("the API reads") { try await daemon.send("GET", "/api/runs").status == 200 }
        }
    }

    @Test(arguments: [(CaptureChoice.notify, ThrowawayPostgres.Order.stop), (.poll, .stop), (.notify, .crash)])
    func `keeps its sessions while the database is away, and catches up`(
        _ capture: CaptureChoice,
        _ order: ThrowawayPostgres.Order
    ) async throws {
        var setup = DaemonSetup(capture, script: Self.two)
        let server = try ThrowawayPostgres.another()
        defer { server.order(.end) }
        setup.server = server
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            try await Self.isReady(daemon)
            server.order(order)
            try await eventually("not ready") { try await daemon.send("GET", "/api/ready").status == 503 }
            try await Self.answersWithoutDatabase(daemon)
            server.order(.start)
            let writer = try await Self.reconnected(daemon)
            try await writer.execute("UPDATE runs SET status = 'completed', progress = 9 WHERE id = 'a'")
            #expect(
                try await client.nextMessage().description
                    == #"run_complete {"id":"a","status":"completed","progress":9}"#
            )
            try await Self.isReady(daemon)
            try await writer.execute("UPDATE runs SET progress = 10 WHERE id = 'b'")
            #expect(try await client.nextMessage().data == #"{"id":"b","status":"running","progress":10}"#)
            #expect(
                try await daemon.json("/api/debug/tree")["children"]?.elements.allSatisfy { $0["restarts"] == 0 }
                    == true
            )
            await writer.close()
        }
    }

    /// Returns when their processes are gone: what is changed then finds no lock of theirs.
    private static func terminate(_ limit: String, at daemon: DaemonHarness) async throws {
        let cut =
            "SELECT pid, pg_terminate_backend(pid) FROM (SELECT pid \(Self.backends) ORDER BY backend_start LIMIT \(limit))"
        let victims = try await daemon.writer.query("\(cut) AS victims")
        #expect(victims.count > 0)
        let pids = (0..<victims.count).compactMap { victims[$0, 0] }.joined(separator: ",")
        try await eventually("\(pids) are gone") {
            try await daemon.writer.query("SELECT FROM pg_stat_activity WHERE pid IN (\(pids))").count == 0
        }
    }

    private static func isReady(_ daemon: DaemonHarness) async throws {
        try await eventually("ready") { try await daemon.send("GET", "/api/ready").status == 200 }
    }

    private static func reconnected(_ daemon: DaemonHarness) async throws -> Connection {
        var connection: Connection?
        try await eventually("the server is back") {
            connection = try? await daemon.database.connect()
            return connection != nil
        }
        return try #require(connection)
    }

    private static func answersWithoutDatabase(_ daemon: DaemonHarness) async throws {
        let ready = try await daemon.send("GET", "/api/ready").json
        #expect(ready.names == ["ready", "capture", "lag_ms", "reasons"])
        #expect(ready["ready"] == false)
        #expect(ready["reasons"]?.elements.isEmpty == false)
        #expect(try await daemon.send("GET", "/api/health").status == 200)
        #expect(try await daemon.json("/api/debug/sessions")["count"] == 1)
        let requests = [
            ("GET", "/api/runs", nil), ("GET", "/api/runs/a", nil), ("POST", "/api/runs", "{}"),
            ("PATCH", "/api/runs/a", "{}"),
        ]
        for (method, target, body) in requests {
            let answer = try await daemon.send(method, target, body)
            #expect(answer.status == 503 && answer.isProblem, "\(method) \(target) \(answer.body)")
            #expect(answer.header("Retry-After").flatMap { Int($0) } != nil)
        }
    }
}
