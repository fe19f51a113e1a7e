import Brain
import BrainTestKit
import Testing

/// What stays of many changes of one run, and in which order (contract §4.1 to §4.3).
@Suite(.timeLimit(.minutes(5)))
struct DaemonOrderTests {
    static let captures: [CaptureChoice] = [.notify, .poll, .wal]
    static let intervals: [Duration] = [.zero, .milliseconds(100)]
    static let one = "INSERT INTO runs (id, status) VALUES ('a', 'running')"

    @Test(arguments: captures, intervals)
    func `ends a storm of updates with the last state, the order kept`(
        _ capture: CaptureChoice,
        _ interval: Duration
    ) async throws {
        let setup = DaemonSetup(capture, script: Self.one) { $0.push.updateInterval = interval }
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            async let messages = client.messages { $0.progress == 400 }
            for progress in 1...400 { try await daemon.sql("UPDATE runs SET progress = \(progress) WHERE id = 'a'") }
            let seen = try await messages.compactMap(\.progress)
            #expect(seen == seen.sorted() && Set(seen).count == seen.count)
            #expect(try await daemon.settled(client).isEmpty)
        }
    }

    @Test
    func `sends every change that comes alone, each client the same`() async throws {
        try await withDaemon(DaemonSetup(.notify, script: Self.one)) { daemon in
            let clients = [try await daemon.connect(), try await daemon.connect()]
            for progress in 1...100 {
                try await daemon.sql("UPDATE runs SET progress = \(progress)")
                for client in clients { #expect(try await client.nextMessage().progress == progress) }
            }
        }
    }

    @Test
    func `sends each terminal state that it observes, however fast they come`() async throws {
        let setup = DaemonSetup(.notify, script: Self.one) { $0.push.updateInterval = .seconds(3600) }
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            for step in 1...50 {
                let status = step.isMultiple(of: 2) ? "completed" : "failed"
                try await daemon.sql("UPDATE runs SET status = '\(status)', progress = \(step)")
                let message = try await client.nextMessage()
                #expect(message.progress == step)
                #expect(message.type == (step.isMultiple(of: 2) ? "run_complete" : "run_failed"))
            }
        }
    }

    @Test(arguments: captures)
    func `keeps the order of terminal states that come in a storm, and the last one`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.one)) { daemon in
            let client = try await daemon.connect()
            async let messages = client.messages { $0.progress == 50 }
            for step in 1...50 {
                let status = step.isMultiple(of: 2) ? "completed" : "failed"
                try await daemon.sql("UPDATE runs SET status = '\(status)', progress = \(step)")
            }
            let seen = try await messages
            #expect(seen.compactMap(\.progress) == seen.compactMap(\.progress).sorted())
            for message in seen {
                let isEven = message.progress?.isMultiple(of: 2) ?? false
                #expect(message.type == (isEven ? "run_complete" : "run_failed"))
            }
        }
    }

    @Test
    func `lets a terminal state take the place of the update that waits`() async throws {
        let setup = DaemonSetup(.notify, script: Self.one) { $0.push.updateInterval = .seconds(3600) }
        try await withDaemon(setup) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("UPDATE runs SET progress = 1")
            #expect(try await client.nextMessage().progress == 1)
            for progress in 2...50 { try await daemon.sql("UPDATE runs SET progress = \(progress) WHERE id = 'a'") }
            #expect(try await daemon.settled(client).isEmpty)
            try await daemon.sql("UPDATE runs SET status = 'completed' WHERE id = 'a'")
            #expect(
                try await daemon.settled(client).map(\.description)
                    == [#"run_complete {"id":"a","status":"completed","progress":50}"#]
            )
        }
    }

    @Test(arguments: captures)
    func `sends a statement that writes thousands, each run once`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture)) { daemon in
            let client = try await daemon.connect()
            try await daemon.sql("INSERT INTO runs (id) SELECT 'many-' || n FROM generate_series(1, 5000) n")
            let ids = try await daemon.settled(client).map(\.id)
            #expect(ids.count == 5000 && Set(ids).count == 5000)
        }
    }
}
