import Brain
import BrainTestKit
import Testing

/// How many come in, and how fast (contract §1 and §2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonLimitsTests {
    @Test
    func `limits the sessions of an address, and gives places back`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.maxConnectionsPerIP = 2 }) { daemon in
            let first = try await daemon.connect(from: "127.0.0.2")
            _ = try await daemon.connect(from: "127.0.0.2")
            let refusal = try await daemon.refusal(from: "127.0.0.2")
            #expect(refusal.status == 429 && refusal.isProblem)
            #expect((refusal.header("Retry-After").flatMap { Int($0) } ?? 0) > 0)
            _ = try await daemon.connect(from: "127.0.0.3")
            let health = try await daemon.send("GET", "/api/health", from: "127.0.0.2")
            #expect(health.status == 200)
            try await first.reset()
            try await eventually("the place is free") {
                (try? await daemon.connect(from: "127.0.0.2")) != nil
            }
            #expect((try await daemon.json("/api/debug/sessions")["totals"]?["rejected"]?.number ?? 0) >= 1)
        }
    }

    @Test
    func `limits the sessions in all`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.maxConnections = 2 }) { daemon in
            let client = try await daemon.connect(from: "127.0.0.2")
            _ = try await daemon.connect(from: "127.0.0.3")
            let refusal = try await daemon.refusal(from: "127.0.0.4")
            #expect(refusal.status == 503 && refusal.isProblem)
            #expect((refusal.header("Retry-After").flatMap { Int($0) } ?? 0) > 0)
            #expect(try await daemon.send("GET", "/api/health").status == 200)
            try await client.reset()
            try await eventually("the place is free") {
                (try? await daemon.connect(from: "127.0.0.4")) != nil
            }
        }
    }

    @Test
    func `limits how fast an address opens sessions, and no plain request`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.connectRatePerIP = 0.01 }) { daemon in
            _ = try await daemon.connect(from: "127.0.0.2")
            let refusal = try await daemon.refusal(from: "127.0.0.2")
            #expect(refusal.status == 429 && refusal.isProblem)
            #expect((refusal.header("Retry-After").flatMap { Int($0) } ?? 0) > 50)
            _ = try await daemon.connect(from: "127.0.0.3")
            for _ in 1...20 {
                #expect(try await daemon.send("GET", "/api/health", from: "127.0.0.2").status == 200)
            }
        }
    }

    @Test
    func `asks for the rate, then the address, then all, then the route`() async throws {
        let setup = DaemonSetup { configuration in
            configuration.admission.maxConnections = 1
            configuration.admission.maxConnectionsPerIP = 1
        }
        try await withDaemon(setup) { daemon in
            _ = try await daemon.connect(from: "127.0.0.2")
            #expect(try await daemon.refusal(from: "127.0.0.2").status == 429)
            #expect(try await daemon.refusal(from: "127.0.0.3").status == 503)
            #expect(try await daemon.refusal("/nothing", from: "127.0.0.3").status == 503)
            let foreign = try await daemon.refusal { request in
                request.localAddress = "127.0.0.2"
                request["Origin"] = "http://evil.example"
            }
            #expect(foreign.status == 403)
        }
    }

    @Test
    func `counts a refused upgrade as no session`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.maxConnectionsPerIP = 1 }) { daemon in
            for _ in 1...5 {
                #expect(try await daemon.refusal(with: ["Sec-WebSocket-Version": "12"]).status == 426)
                #expect(try await daemon.refusal(with: ["Sec-WebSocket-Key": "short"]).status == 400)
                #expect(try await daemon.refusal("/nothing").status == 404)
            }
            _ = try await daemon.connect()
            #expect(try await daemon.send("POST", "/api/debug/audit").json["ok"] == true)
        }
    }

    @Test
    func `closes a connection that asks for nothing, or not to the end`() async throws {
        try await withDaemon(DaemonSetup { $0.server.handshakeTimeout = .seconds(1) }) { daemon in
            #expect(try await daemon.conversation() == "")
            #expect(try await daemon.conversation("GET /ws HTTP/1.1\r\nHost: local") == "")
            let unfinished = try await daemon.conversation(
                "POST /api/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
            )
            #expect(!unfinished.hasPrefix("HTTP/1.1 2"))
            let idle = try await daemon.conversation("GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(idle.hasPrefix("HTTP/1.1 200 "))
            try await eventually("no socket is left") { daemon.acceptedSockets == 0 }
        }
    }

    @Test
    func `lets a session outlive the time for a handshake`() async throws {
        let setup = DaemonSetup { configuration in
            configuration.server.handshakeTimeout = .seconds(2)
            configuration.heartbeat.pingInterval = .milliseconds(600)
        }
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            for _ in 1...4 {
                guard case .ping = try await client.next() else {
                    Issue.record("something else than a ping")
                    return
                }
            }
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test
    func `holds 64 connections of one address that are no session, and no more`() async throws {
        try await withDaemon { daemon in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...80 { group.addTask { _ = try? await daemon.conversation("GET /") } }
                try await eventually("64 sockets") { daemon.acceptedSockets == 64 }
                _ = try await daemon.connect(from: "127.0.0.2")
                try await eventually("one socket more") { daemon.acceptedSockets == 65 }
                await daemon.stop()
                try await group.waitForAll()
            }
        }
    }
}
