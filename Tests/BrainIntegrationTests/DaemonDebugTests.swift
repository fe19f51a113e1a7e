import Brain
import BrainTestKit
import Postgres
import Testing

/// What the daemon tells of itself (contract §2 and §5).
@Suite(.timeLimit(.minutes(5)))
struct DaemonDebugTests {
    static let session: Set = [
        "id", "state", "peer", "client_ip", "origin", "user_agent", "connected_at", "age_seconds", "messages_sent",
        "bytes_sent", "messages_received", "conflated", "queued_runs", "queued_bytes", "oldest_queued_ms",
        "last_write_ms_ago", "rtt_ms", "restarts",
    ]

    @Test
    func `tells that it lives, and whether the feed does`() async throws {
        try await withDaemon { daemon in
            let health = try await daemon.json("/api/health")
            #expect(health.names == ["status", "version", "uptime_seconds"])
            #expect(health["status"] == "ok" && health["version"] == .string(BrainVersion.current))
            #expect((health["uptime_seconds"]?.number ?? -1) >= 0)
            try await eventually("ready") { try await daemon.send("GET", "/api/ready").status == 200 }
            let ready = try await daemon.json("/api/ready")
            #expect(ready.names == ["ready", "capture", "lag_ms", "reasons"])
            #expect(ready["ready"] == true && ready["capture"] == "notify")
            #expect((ready["lag_ms"]?.number ?? -1) >= 0)
        }
    }

    @Test
    func `falls back to poll where nothing was migrated, and says why`() async throws {
        var setup = DaemonSetup(.auto)
        setup.isMigrated = false
        setup.schema = "CREATE TABLE runs (id text PRIMARY KEY, status text)"
        try await withDaemon(setup) { daemon in
            let ready = try await daemon.json("/api/ready")
            #expect(ready["capture"] == "poll" && ready["ready"] == true)
            #expect(ready["reasons"]?.elements.isEmpty == false)
            let objects = try await daemon.writer.query(
                "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'brain%' UNION ALL SELECT count(*) FROM pg_trigger"
            )
            #expect(objects[0, 0] == "0" && objects[1, 0] == "0")
        }
    }

    @Test
    func `shows every field of a session, before and after its first message`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.maxConnections = 7 }) { daemon in
            let client = try await daemon.connect { request in
                request["Origin"] = "http://localhost:3000"
                request["User-Agent"] = "test \"é"
            }
            let list = try await daemon.json("/api/debug/sessions")
            #expect(list.names == ["count", "limits", "totals", "sessions", "recently_closed", "audit"])
            #expect(list["limits"] == .object(["max_connections": 7, "max_connections_per_ip": 20]))
            #expect(
                list["totals"]?.names == [
                    "accepted", "rejected", "evicted", "restarted", "closed", "messages_sent", "bytes_sent",
                    "conflated",
                ]
            )
            #expect(list["audit"]?.names == ["at", "ok", "findings"])
            let fresh = try #require(list["sessions"]?.elements.first)
            #expect(fresh.names == Self.session)
            #expect(fresh["id"] == "s-000001" && fresh["state"] == "open" && fresh["client_ip"] == "127.0.0.1")
            #expect(fresh["peer"]?.text?.hasPrefix("127.0.0.1:") == true)
            #expect(fresh["origin"] == "http://localhost:3000" && fresh["last_write_ms_ago"] == .null)
            #expect(fresh["rtt_ms"] == .null && fresh["messages_sent"] == 0)
            let text = try await Self.oneMessage(daemon, client)
            try await client.send(text: "hello")
            try await eventually("the message is counted") {
                try await daemon.json("/api/debug/sessions/s-000001")["messages_received"] == 1
            }
            let used = try await daemon.json("/api/debug/sessions/s-000001")
            #expect(used.names == Self.session)
            #expect(used["messages_sent"] == 1 && used["bytes_sent"] == .number(Double(text.utf8.count + 4)))
            #expect(used["last_write_ms_ago"] != .null && used["queued_runs"] == 0 && used["restarts"] == 0)
        }
    }

    private static func oneMessage(_ daemon: DaemonHarness, _ client: WebSocketClient) async throws -> String {
        try await daemon.sql("INSERT INTO runs (id, error) VALUES ('a', repeat('e', 200))")
        return try await client.nextText()
    }

    @Test
    func `lists sessions by limit, offset and order`() async throws {
        try await withDaemon { daemon in
            for _ in 1...5 { _ = try await daemon.connect() }
            func ids(_ query: String) async throws -> [String] {
                try await daemon.json("/api/debug/sessions\(query)")["sessions"]?.elements.compactMap { $0["id"]?.text }
                    ?? []
            }
            #expect(try await ids("") == (1...5).map { "s-00000\($0)" })
            #expect(try await ids("?sort=age&limit=2&offset=1") == ["s-000002", "s-000003"])
            #expect(try await ids("?offset=5").isEmpty)
            for order in ["queued_bytes", "bytes_sent", "rtt"] { #expect(try await ids("?sort=\(order)").count == 5) }
            #expect(try await daemon.json("/api/debug/sessions?limit=1")["count"] == 5)
            for query in ["limit=0", "limit=1001", "offset=-1", "sort=name", "sort="] {
                let answer = try await daemon.send("GET", "/api/debug/sessions?\(query)")
                #expect(answer.status == 400 && answer.isProblem, "\(query)")
            }
        }
    }

    @Test
    func `closes a session on DELETE with 1000, and lists it as closed`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            let other = try await daemon.connect()
            let answer = try await daemon.send("DELETE", "/api/debug/sessions/s-000001")
            #expect(answer.status == 204 && answer.body.isEmpty)
            #expect(try await client.closeCode() == 1000)
            try await client.closed()
            try await eventually("it is listed as closed") {
                try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.isEmpty == false
            }
            let closed = try #require(try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.first)
            #expect(closed.names == ["id", "client_ip", "closed_at", "code", "reason", "age_seconds"])
            #expect(closed["id"] == "s-000001" && closed["code"] == 1000 && closed["client_ip"] == "127.0.0.1")
            for method in ["GET", "DELETE"] {
                for id in ["s-000001", "s-2", "nonsense"] {
                    let answer = try await daemon.send(method, "/api/debug/sessions/\(id)")
                    #expect(answer.status == 404 && answer.isProblem)
                }
            }
            #expect(try await daemon.settled(other).isEmpty)
        }
    }

    @Test
    func `keeps the hundred sessions that closed last, the latest first`() async throws {
        try await withDaemon { daemon in
            for _ in 1...103 { try await daemon.connect().reset() }
            try await eventually("all are closed") {
                try await daemon.json("/api/debug/sessions")["totals"]?["closed"] == 103
            }
            let closed = try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements ?? []
            #expect(closed.count == 100)
            #expect(closed.allSatisfy { $0["code"] == 1006 })
            let times = closed.compactMap { $0["closed_at"]?.text }
            #expect(times == times.sorted(by: >))
        }
    }

    @Test
    func `shows the tree in the order of its start`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            let tree = try await daemon.json("/api/debug/tree")
            #expect(tree.names == ["id", "state", "strategy", "restarts", "last_failure", "children"])
            #expect(tree["id"] == "brain" && tree["strategy"] == "one-for-one" && tree["last_failure"] == .null)
            let children = tree["children"]?.elements ?? []
            #expect(
                children.compactMap { $0["id"]?.text } == [
                    "change-feed", "runs-repository", "rate-governor", "broadcaster", "sessions", "auditor", "acceptor",
                ]
            )
            for child in children {
                let members = child["id"] == "sessions" ? "count" : "children"
                #expect(child.names == ["id", "state", "strategy", "restarts", "last_failure", members])
                #expect(child["strategy"] == .null && child["restarts"] == 0)
            }
            #expect(children.first { $0["id"] == "sessions" }?["count"] == 1)
            try await eventually("all run") {
                let tree = try await daemon.json("/api/debug/tree")
                return tree["state"] == "running"
                    && tree["children"]?.elements.allSatisfy { $0["state"] == "running" } == true
            }
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test
    func `shows the last audit, and makes one on POST`() async throws {
        try await withDaemon(DaemonSetup { $0.audit.interval = .seconds(3600) }) { daemon in
            let client = try await daemon.connect()
            let none = try await daemon.json("/api/debug/audit")
            #expect(none == .object(["at": .null, "ok": .null, "findings": .array([])]))
            let made = try await daemon.send("POST", "/api/debug/audit")
            #expect(made.status == 200)
            #expect(try made.json["ok"] == true && made.json["at"]?.text?.hasSuffix("Z") == true)
            #expect(try await daemon.json("/api/debug/audit") == made.json)
            #expect(try await daemon.json("/api/debug/sessions")["audit"] == made.json)
            #expect(try await daemon.settled(client).isEmpty)
        }
    }
}
