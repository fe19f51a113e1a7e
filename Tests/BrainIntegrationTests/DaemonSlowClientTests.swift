import Brain
import BrainTestKit
import Testing

/// What becomes of a client that doesn't read: it ends, and nobody else notices (contract §3.6, §4.2, §4.5).
@Suite(.timeLimit(.minutes(5)))
struct DaemonSlowClientTests {
    static let messages = 150

    static var deaf: WebSocketClientOptions {
        var options = WebSocketClientOptions()
        options.readsAutomatically = false
        options.receiveBufferBytes = 4096
        return options
    }

    @Test
    func `closes a client whose queue is full with 4008, and slows no other`() async throws {
        let setup = DaemonSetup { $0.push.queueBytes = 1 << 20 }
        try await Self.outlives(setup, reason: "queue full")
    }

    @Test
    func `closes a client for too many waiting messages`() async throws {
        let setup = DaemonSetup { $0.push.queueRuns = 20 }
        try await Self.outlives(setup, reason: "queue full")
    }

    @Test
    func `closes a client whose socket takes nothing for too long with 4008`() async throws {
        try await Self.outlives(DaemonSetup { $0.push.writeStall = .milliseconds(300) }, reason: "takes nothing")
    }

    @Test
    func `closes the client that owes the oldest when too much waits in the process`() async throws {
        let setup = DaemonSetup { $0.push.queueTotalBytes = 1 << 20 }
        try await Self.outlives(setup, reason: "too much waits")
    }

    /// A deaf client ends with 4008 for this reason, while another gets every message.
    private static func outlives(_ setup: DaemonSetup, reason: String) async throws {
        try await withDaemon(setup) { daemon in
            let deaf = try await daemon.connect(options: Self.deaf)
            let client = try await daemon.connect()
            for number in 1...Self.messages {
                try await daemon.sql(
                    "INSERT INTO runs (id, status, error) VALUES ('\(number)', 'failed', repeat('e', 60000))"
                )
                #expect(try await client.nextMessage().id == "\(number)")
            }
            try await eventually("the deaf client's end") {
                try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.isEmpty == false
            }
            let list = try await daemon.json("/api/debug/sessions")
            let closed = try #require(list["recently_closed"]?.elements.first)
            #expect(closed["id"] == "s-000001" && closed["code"] == 4008)
            #expect(closed["reason"]?.text?.contains(reason) == true, "\(closed)")
            #expect(list["count"] == 1)
            #expect(try await daemon.settled(client).isEmpty)
            try await deaf.reset()
        }
    }

    @Test
    func `conflates the updates of a client that reads nothing, and brings it to the last state`() async throws {
        let setup = DaemonSetup(script: "INSERT INTO runs (id, status) VALUES ('a', 'running')")
        try await withDaemon(setup) { daemon in
            let slow = try await daemon.connect(options: Self.deaf)
            let client = try await daemon.connect()
            for progress in 1...200 {
                try await daemon.sql("UPDATE runs SET error = repeat('e', 60000), progress = \(progress)")
                #expect(try await client.nextMessage().progress == progress)
            }
            let report = try await daemon.json("/api/debug/sessions/s-000001")
            #expect(report["queued_runs"] == 1)
            #expect((report["conflated"]?.number ?? 0) > 0)
            #expect((report["queued_bytes"]?.number ?? 0) > 60_000)
            try await slow.setReading(true)
            let seen = try await slow.messages { $0.progress == 200 }.compactMap(\.progress)
            #expect(seen.count < 200 && seen == seen.sorted())
        }
    }

    @Test
    func `cuts off a client that closes and then takes nothing, and gives its place back`() async throws {
        try await withDaemon(DaemonSetup { $0.admission.maxConnectionsPerIP = 1 }) { daemon in
            let deaf = try await daemon.connect(options: Self.deaf, from: "127.0.0.2")
            var number = 0
            while try await daemon.json("/api/debug/sessions/s-000001")["queued_runs"] == 0 {
                number += 1
                try await daemon.sql(
                    "INSERT INTO runs (id, status, error) VALUES ('\(number)', 'failed', repeat('e', 60000))"
                )
            }
            try await deaf.send(.close(code: 1001))
            try await eventually("the place is free") {
                (try? await daemon.connect(from: "127.0.0.2")) != nil
            }
            let closed = try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.first
            #expect(closed?["id"] == "s-000001" && closed?["code"] == 1001)
            try await deaf.reset()
        }
    }
}
