import Brain
import BrainTestKit
import Testing

/// Who comes in, and in which order that is asked (contract §2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonDoorTests {
    @Test
    func `turns away a foreign page, on every route`() async throws {
        try await withDaemon { daemon in
            for origin in [
                "http://evil.example", "null", "http://localhost.evil.example", "https://10.0.0.1", "file://", "",
            ] {
                let refusal = try await daemon.refusal(with: ["Origin": origin])
                #expect(refusal.status == 403 && refusal.isProblem, "\(origin)")
                for (method, target) in [("POST", "/api/runs"), ("GET", "/api/health"), ("POST", "/api/debug/audit")] {
                    let answer = try await daemon.send(method, target, "{}") { $0["Origin"] = origin }
                    #expect(answer.status == 403 && answer.isProblem, "\(origin) \(target)")
                }
            }
            #expect(try await daemon.json("/api/runs")["runs"]?.elements == [])
            #expect(try await daemon.json("/api/debug/sessions")["totals"]?["accepted"] == 0)
        }
    }

    @Test
    func `lets in pages of this machine, of the same host, and those that are allowed`() async throws {
        let setup = DaemonSetup { $0.gate.allowedOrigins = ["https://app.example"] }
        try await withDaemon(setup) { daemon in
            for origin in ["http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080", "https://app.example"] {
                _ = try await daemon.connect(with: ["Origin": origin])
            }
            _ = try await daemon.connect { request in
                request["Host"] = "10.1.2.3:5221"
                request["Origin"] = "http://10.1.2.3:3000"
            }
            let foreign = try await daemon.refusal(with: ["Origin": "https://other.example"])
            #expect(foreign.status == 403)
        }
    }

    @Test
    func `turns away a name that isn't its own`() async throws {
        try await withDaemon(DaemonSetup { $0.gate.allowedHosts = ["brain.example"] }) { daemon in
            for host in ["evil.example", "localhost.evil.example:5221", "", "brain.example.evil.example"] {
                let refusal = try await daemon.refusal(with: ["Host": host])
                #expect(refusal.status == 421 && refusal.isProblem, "\(host)")
                #expect(try await daemon.send("GET", "/api/health", with: ["Host": host]).status == 421)
            }
            for host in ["localhost", "127.0.0.1:1", "[::1]:5221", "10.1.2.3", "BRAIN.example:80"] {
                #expect(try await daemon.send("GET", "/api/health", with: ["Host": host]).status == 200, "\(host)")
            }
            let repeated = try await daemon.send("GET", "/api/health") { $0.add("Host", "localhost") }
            #expect(repeated.status == 421)
        }
    }

    @Test
    func `refuses what only a trusted proxy may say`() async throws {
        try await withDaemon { daemon in
            for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP"] {
                let refusal = try await daemon.refusal(with: [header: "10.0.0.1"])
                #expect(refusal.status == 403 && refusal.isProblem)
                #expect(refusal.body.contains("--trusted-proxy"))
                #expect(try await daemon.send("GET", "/api/health", with: [header: "10.0.0.1"]).status == 403)
            }
        }
    }

    @Test
    func `reads the client's address from a trusted proxy`() async throws {
        let setup = DaemonSetup { $0.gate.trustedProxies = [CIDR("127.0.0.0/8")].compactMap { $0 } }
        try await withDaemon(setup) { daemon in
            _ = try await daemon.connect(with: ["X-Forwarded-For": "8.8.8.8, 10.0.0.9, 127.0.0.3"])
            let list = try await daemon.json("/api/debug/sessions", as: "10.0.0.1")
            #expect(list["sessions"]?.elements.first?["client_ip"] == "10.0.0.9")
            #expect(try await daemon.refusal(with: ["X-Forwarded-For": "8.8.8.8"]).status == 403)
            #expect(try await daemon.refusal(with: ["X-Forwarded-For": "nonsense"]).status == 403)
            #expect(try await daemon.refusal().status == 403)
            for (method, target) in [("POST", "/api/debug/audit"), ("DELETE", "/api/debug/sessions/s-000001")] {
                let answer = try await daemon.send(method, target, with: ["X-Forwarded-For": "10.0.0.9"])
                #expect(answer.status == 403 && answer.isProblem)
            }
        }
    }

    @Test
    func `answers what is no upgrade on its path with 426`() async throws {
        try await withDaemon { daemon in
            let plain = try await daemon.send("GET", "/ws")
            let changes: [(inout WebSocketClientRequest) -> Void] = [
                { $0["Sec-WebSocket-Version"] = "12" }, { $0["Sec-WebSocket-Version"] = nil },
                { $0["Sec-WebSocket-Version"] = "8" },
            ]
            var answers = [plain, try await daemon.send("HEAD", "/ws")]
            for change in changes { answers.append(try await daemon.refusal("/ws", change)) }
            for answer in answers {
                #expect(answer.status == 426)
                #expect(answer.header("Sec-WebSocket-Version") == "13" && answer.header("Upgrade") == "websocket")
            }
            #expect(plain.isProblem && answers.dropFirst(2).allSatisfy(\.isProblem))
            let key = try await daemon.refusal(with: ["Sec-WebSocket-Key": "short"])
            #expect(key.status == 400 && key.isProblem)
            #expect(try await daemon.refusal("/other").status == 404)
        }
    }

    @Test
    func `answers an upgrade to something else as a plain request`() async throws {
        try await withDaemon { daemon in
            let upgrade: (inout WebSocketClientRequest) -> Void = { request in
                request["Connection"] = "Upgrade, HTTP2-Settings"
                request["Upgrade"] = "h2c"
                request["HTTP2-Settings"] = "AAMAAABkAARAAAAAAAIAAAAA"
            }
            #expect(try await daemon.send("GET", "/api/health", nil, upgrade).status == 200)
            #expect(try await daemon.send("GET", "/ws", nil, upgrade).status == 426)
            let posted = try await daemon.send("POST", "/api/runs", #"{"id":"a"}"#, upgrade)
            #expect(posted.status == 201)
        }
    }

    @Test
    func `asks for address, Host, Origin and route in this order`() async throws {
        try await withDaemon { daemon async throws in
            let forwarded: (inout WebSocketClientRequest) -> Void = { request in
                request["X-Real-IP"] = "10.0.0.1"
                request["Host"] = "evil.example"
            }
            let misdirected: (inout WebSocketClientRequest) -> Void = { request in
                request["Host"] = "evil.example"
                request["Origin"] = "http://other.example"
            }
            let foreign: (inout WebSocketClientRequest) -> Void = { $0["Origin"] = "http://evil.example" }
            for (change, status) in [(forwarded, 403), (misdirected, 421), (foreign, 403)] {
                #expect(try await daemon.send("PROPFIND", "/nothing", nil, change).status == status)
                #expect(try await daemon.refusal("/nothing", change).status == status)
                #expect(try await daemon.send("POST", "/api/runs", "nonsense", change).status == status)
            }
        }
    }
}

extension DaemonHarness {
    /// The JSON at a path, asked for through a proxy.
    fileprivate func json(_ target: String, as client: String) async throws -> DaemonJSON {
        try await self.send("GET", target) { $0["X-Forwarded-For"] = client }.json
    }
}
