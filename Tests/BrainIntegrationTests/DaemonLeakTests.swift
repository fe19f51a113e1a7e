import Brain
import BrainTestKit
import Testing

/// What is left of sessions that are over: nothing.
@Suite(.timeLimit(.minutes(5)))
struct DaemonLeakTests {
    /// How a client goes.
    enum Departure: String, CaseIterable, Sendable {
        case close
        case disconnect
        case reset
        case halfClose
        case refusal
    }

    @Test
    func `keeps no session, socket or actor of a hundred that came and went`() async throws {
        try await withDaemon { daemon in
            let witness = try await daemon.connect()
            #expect(daemon.acceptedSockets == 1)
            for number in 0..<100 {
                try await Self.comeAndGo(daemon, Departure.allCases[number % Departure.allCases.count], number)
            }
            #expect(try await daemon.settled(witness).isEmpty == false)
            try await Self.isEmpty(daemon, butFor: 1)
            let totals = try await daemon.json("/api/debug/sessions")["totals"]
            #expect(totals?["accepted"] == 81 && totals?["closed"] == 80 && totals?["evicted"] == 0)
        }
    }

    @Test
    func `keeps nothing of clients that vanish while messages wait for them`() async throws {
        try await withDaemon { daemon in
            let witness = try await daemon.connect()
            var clients: [WebSocketClient] = []
            for _ in 1...15 { clients.append(try await daemon.connect(options: DaemonSlowClientTests.deaf)) }
            for number in 1...60 {
                try await daemon.sql(
                    "INSERT INTO runs (id, status, error) VALUES ('\(number)', 'failed', repeat('e', 60000))"
                )
                #expect(try await witness.nextMessage().id == "\(number)")
            }
            for client in clients { try await client.reset() }
            try await Self.isEmpty(daemon, butFor: 1)
        }
    }

    private static func comeAndGo(_ daemon: DaemonHarness, _ departure: Departure, _ number: Int) async throws {
        guard departure != .refusal else {
            #expect(try await daemon.refusal(with: ["Origin": "http://evil.example"]).status == 403)
            return
        }
        let client = try await daemon.connect(number.isMultiple(of: 3) ? "/ws?snapshot=active" : "/ws")
        if number.isMultiple(of: 2) { try await daemon.sql("INSERT INTO runs (id) VALUES ('r\(number)')") }
        switch departure {
        case .close:
            try await client.send(.close(code: 1000))
            try await client.closed()
        case .disconnect: try await client.disconnect()
        case .reset: try await client.reset()
        case .halfClose:
            try await client.halfClose()
            try await client.closed()
        case .refusal: break
        }
    }

    /// Counts where the daemon counts, and where the kernel does.
    private static func isEmpty(_ daemon: DaemonHarness, butFor sessions: Int) async throws {
        let directory = daemon.directory
        try await eventually("\(sessions) sockets, not \(daemon.acceptedSockets)") {
            directory.count == sessions && daemon.acceptedSockets == sessions
        }
        for shard in directory.shards {
            try await eventually("no ended session's actor is alive") { await shard.audit().lingering.isEmpty }
        }
        let audit = try await daemon.send("POST", "/api/debug/audit")
        #expect(audit.status == 200)
        #expect(try audit.json["ok"] == true && audit.json["findings"]?.elements == [])
    }
}
