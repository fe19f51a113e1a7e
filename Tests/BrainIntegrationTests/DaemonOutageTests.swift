import Brain
import BrainTestKit
import Postgres
import Testing

/// What an outage of the database costs: time, not states (contract §4.4).
@Suite(.timeLimit(.minutes(5)))
struct DaemonOutageTests {
    static let two = "INSERT INTO runs (id, status) VALUES ('a', 'running'), ('b', 'running')"

    static let outages = CaptureChoice.proven.map { ($0, ThrowawayPostgres.Order.stop) } + [(.notify, .crash)]

    @Test(arguments: outages)
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
            try await daemon.isReady()
            server.order(order)
            try await daemon.isAway()
            try await Self.answersWithoutDatabase(daemon)
            server.order(.start)
            let writer = try await daemon.reconnected()
            try await writer.execute("UPDATE runs SET status = 'completed', progress = 9 WHERE id = 'a'")
            #expect(
                try await client.nextMessage().description
                    == #"run_complete {"id":"a","status":"completed","progress":9}"#
            )
            try await daemon.isReady()
            try await writer.execute("UPDATE runs SET progress = 10 WHERE id = 'b'")
            #expect(try await client.nextMessage().data == #"{"id":"b","status":"running","progress":10}"#)
            #expect(
                try await daemon.json("/api/debug/tree")["children"]?.elements.allSatisfy { $0["restarts"] == 0 }
                    == true
            )
            await writer.close()
        }
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
