import Brain
import BrainTestKit
import Testing

/// A drain in which a part of the tree is between two lives, or has none left (contract §1).
@Suite(.timeLimit(.minutes(5)))
struct DaemonDrainTests {
    private static var setup: DaemonSetup {
        DaemonSetup { $0.faultsEnabled = true }
    }

    @Test
    func `tells each session 1012 when it is their keeper that crashes too often`() async throws {
        let failure = await #expect(throws: StartFailure.self) {
            try await withDaemon(Self.setup) { daemon in
                let clients = try await Self.clients(of: daemon)
                try await daemon.plant("throw", in: "sessions", times: 6)
                for client in clients { #expect(try await client.closeCode() == 1012) }
            }
        }
        #expect(failure?.status == .software)
        #expect(failure?.message.contains("sessions") == true)
    }

    @Test
    func `tells each session 1012 when it stops while their keeper is between two lives`() async throws {
        try await withDaemon(Self.setup) { daemon in
            let clients = try await Self.clients(of: daemon)
            try await Self.keepDown("sessions", of: daemon)
            await daemon.stop()
            for client in clients { #expect(try await client.closeCode() == 1012) }
        }
    }

    @Test
    func `gives out first what was committed while the broadcaster is between two lives`() async throws {
        try await withDaemon(Self.setup) { daemon in
            let clients = try await Self.clients(of: daemon)
            try await Self.keepDown("broadcaster", of: daemon)
            try await daemon.sql("INSERT INTO runs (id, status) VALUES ('last', 'completed')")
            try await eventually("it is seen") { daemon.knownRuns == 1 }
            await daemon.stop()
            for client in clients {
                #expect(try await client.nextMessage().id == "last")
                #expect(try await client.closeCode() == 1012)
            }
        }
    }

    private static func clients(of daemon: DaemonHarness) async throws -> [WebSocketClient] {
        var clients: [WebSocketClient] = []
        for _ in 1...10 { clients.append(try await daemon.connect()) }
        return clients
    }

    /// Returns in the pause after the fourth failure, which is 0.6 s at least, or that after the fifth.
    private static func keepDown(_ child: String, of daemon: DaemonHarness) async throws {
        try await daemon.plant("throw", in: child, times: 5)
        try await eventually("\(child) is down") {
            [3, 4].contains(daemon.restartsOfPausing(child))
        }
    }
}
