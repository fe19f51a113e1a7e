import Brain
import BrainTestKit
import Testing

/// What a client gets that comes, or comes back (contract §3.5).
@Suite(.timeLimit(.minutes(5)))
struct DaemonReconnectTests {
    static let captures: [CaptureChoice] = [.notify, .poll, .wal]
    static let runs = """
        INSERT INTO runs (id, status, progress) VALUES ('q', 'queued', NULL), ('r', 'running', 5), ('c', 'completed', NULL),
        ('f', 'failed', NULL), ('x', 'strange', NULL)
        """

    @Test(arguments: captures)
    func `sends a client that comes back what changes from then on`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.runs)) { daemon in
            let witness = try await daemon.connect()
            let client = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET progress = 6 WHERE id = 'r'")
            #expect(try await client.nextMessage().progress == 6)
            try await client.reset()
            try await daemon.sql("UPDATE runs SET progress = 7 WHERE id = 'r'")
            #expect(try await witness.messages { $0.progress == 7 }.count == 2)
            let again = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET progress = 8 WHERE id = 'r'")
            #expect(try await again.nextMessage().progress == 8)
        }
    }

    @Test(arguments: captures)
    func `sends the active runs on demand, then the end, then what changes`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.runs)) { daemon in
            let client = try await daemon.connect("/ws?snapshot=active")
            let snapshot = try await client.messages { $0.type == "snapshot_end" }
            #expect(
                Set(snapshot.map(\.description)) == [
                    #"run_update {"id":"q","status":"queued"}"#,
                    #"run_update {"id":"r","status":"running","progress":5}"#,
                    #"snapshot_end {"runs":2}"#,
                ]
            )
            #expect(snapshot.count == 3)
            try await daemon.sql("UPDATE runs SET status = 'completed' WHERE id = 'r'")
            #expect(try await client.nextMessage().type == "run_complete")
            let later = try await daemon.connect("/ws?snapshot=active")
            #expect(try await later.messages { $0.type == "snapshot_end" }.last?.data == #"{"runs":1}"#)
        }
    }

    @Test
    func `sends an empty snapshot of an empty table, and none that wasn't asked for`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect("/ws?snapshot=active")
            #expect(try await client.nextMessage().description == #"snapshot_end {"runs":0}"#)
            let other = try await daemon.connect("/ws?snapshot=all")
            #expect(try await daemon.settled(other).isEmpty)
        }
    }

    @Test
    func `keeps each run's order around a snapshot that is taken in a storm`() async throws {
        let script =
            "INSERT INTO runs (id, status, progress) SELECT 'r' || n, 'running', 0 FROM generate_series(1, 20) n"
        try await withDaemon(DaemonSetup(.notify, script: script)) { daemon in
            async let storm: Void = {
                for progress in 1...200 { try await daemon.sql("UPDATE runs SET progress = \(progress)") }
            }()
            for _ in 1...5 {
                let client = try await daemon.connect("/ws?snapshot=active")
                var last: [String: Int] = [:]
                var isSnapshot = true
                while isSnapshot || last.values.contains(where: { $0 < 200 }) {
                    let message = try await client.nextMessage()
                    guard message.type != "snapshot_end" else {
                        isSnapshot = false
                        #expect(last.count == 20)
                        continue
                    }
                    #expect(message.progress ?? -1 >= last[message.id] ?? 0)
                    last[message.id] = message.progress
                }
            }
            try await storm
        }
    }
}
