import Brain
import BrainTestKit
import Testing

/// Pings and pongs, in both directions (contract §1, §3.4).
@Suite(.timeLimit(.minutes(5)))
struct DaemonHeartbeatTests {
    @Test
    func `pings each client, and measures the round trip`() async throws {
        try await withDaemon(DaemonSetup { $0.heartbeat.pingInterval = .milliseconds(40) }) { daemon in
            let client = try await daemon.connect()
            var payloads: Set<[UInt8]> = []
            while payloads.count < 3 {
                guard case .ping(let payload) = try await client.next() else {
                    Issue.record("something else than a ping")
                    return
                }
                payloads.insert(payload)
            }
            let report = try await daemon.json("/api/debug/sessions/s-000001")
            #expect((report["rtt_ms"]?.number ?? -1) >= 0)
            #expect(report["state"] == "open")
        }
    }

    @Test
    func `closes a client that doesn't answer a ping with 4012`() async throws {
        let setup = DaemonSetup { configuration in
            configuration.heartbeat.pingInterval = .milliseconds(50)
            configuration.heartbeat.pongTimeout = .seconds(2)
        }
        try await withDaemon(setup) { daemon in
            var options = WebSocketClientOptions()
            options.answersPings = false
            let client = try await daemon.connect(options: options)
            guard case .ping = try await client.next() else {
                Issue.record("something else than a ping")
                return
            }
            // A pong that nobody asked for is no answer (RFC 6455 §5.5.3).
            try await client.send(WebSocketClientFrame(opcode: 10, payload: [1]))
            #expect(try await client.closeCode() == 4012)
            try await client.closed()
            try await eventually("it is listed") {
                try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.first?["code"] == 4012
            }
        }
    }

    @Test
    func `lists a client that vanished without answering the close, too`() async throws {
        let setup = DaemonSetup { configuration in
            configuration.heartbeat.pingInterval = .milliseconds(50)
            configuration.heartbeat.pongTimeout = .milliseconds(100)
        }
        try await withDaemon(setup) { daemon in
            var options = WebSocketClientOptions()
            options.answersPings = false
            options.answersClose = false
            let client = try await daemon.connect(options: options)
            #expect(try await client.closeCode() == 4012)
            try await client.closed()
            let directory = daemon.directory
            try await eventually("no session is left") { directory.count == 0 && daemon.acceptedSockets == 0 }
        }
    }

    @Test
    func `answers pings with their payload`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            for payload in [[], [0], [UInt8](repeating: 0xFF, count: 125)] {
                try await client.send(WebSocketClientFrame(opcode: 9, payload: payload))
                #expect(try await client.next() == .pong(payload))
            }
        }
    }

    @Test
    func `answers the pings that browsers send as messages, each in its own form`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            for key in ["event", "type"] {
                try await client.send(text: #"{"\#(key)":"ping"}"#)
                let answer = try await client.nextText()
                let json = try DaemonJSON(parsing: answer)
                #expect(json.names == [key, "timestamp"] && json[key] == "pong")
                #expect(answer.hasPrefix(#"{"\#(key)":"pong","timestamp":""#) && answer.hasSuffix(#"Z"}"#))
            }
            for text in [#"{"event":"pong"}"#, "ping", #"{"data":{"event":"ping"}}"#, #"["ping"]"#] {
                try await client.send(text: text)
            }
            try await client.send(text: " { \"timestamp\" : 1 , \"type\" : \"ping\" } ")
            #expect(try DaemonJSON(parsing: try await client.nextText())["type"] == "pong")
            #expect(try await daemon.settled(client).isEmpty)
        }
    }
}
