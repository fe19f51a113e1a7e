import Brain
import BrainTestKit
import Testing

/// What the Auditor makes of a daemon that is at work: nothing.
@Suite(.timeLimit(.minutes(5)))
struct DaemonAuditTests {
    /// What would be said of sessions that are well.
    private static let accusations = [
        "sessions, the directory", "leases, the governor", "has no session", "no socket", "no handler", "in no place",
        "waiting bytes wrongly", "wait for nobody",
    ]

    @Test
    func `lets no finding about sessions stand, however they come and go`() async throws {
        try await withDaemon(DaemonSetup { $0.audit.interval = .milliseconds(20) }) { daemon in
            let witness = try await daemon.connect()
            for number in 0..<60 {
                let client = try await daemon.connect()
                if number.isMultiple(of: 2) { try await client.reset() } else { try await client.disconnect() }
            }
            try await eventually("they are gone") { daemon.directory.count == 1 }
            for _ in 1...3 { try await Self.nextRound(daemon) }
            for accusation in Self.accusations { #expect(!daemon.log.contains(accusation)) }
            #expect(try await daemon.settled(witness).isEmpty)
        }
    }

    private static func nextRound(_ daemon: DaemonHarness) async throws {
        let last = try await daemon.json("/api/debug/audit")["at"]
        try await eventually("another round") { try await daemon.json("/api/debug/audit")["at"] != last }
    }
}
