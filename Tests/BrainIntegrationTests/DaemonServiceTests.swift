import Brain
import BrainTestKit
import Testing

/// What a service manager is told of the daemon: sd_notify(3).
@Suite(.timeLimit(.minutes(5)))
struct DaemonServiceTests {
    @Test
    func `says that it is ready once a client may come, and that it stops before it drains`() async throws {
        let socket = try ServiceManagerSocket()
        var setup = DaemonSetup()
        setup.service = socket
        try await withDaemon(setup) { daemon in
            try await eventually("READY=1") { socket.takeAll().contains { $0.hasPrefix("READY=1\nSTATUS=") } }
            _ = try await daemon.connect()
            await daemon.stop()
            #expect(socket.takeAll().last == "STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=15000000")
        }
    }

    @Test
    func `says why it doesn't start`() async throws {
        let socket = try ServiceManagerSocket()
        var setup = DaemonSetup { $0.database = .external(conninfo: "host=/nowhere user=postgres dbname=postgres") }
        setup.service = socket
        do {
            try await withDaemon(setup) { await $0.stop() }
            Issue.record("it started")
        } catch is StartFailure {}
        let told = socket.takeAll()
        #expect(told.last?.hasPrefix("STATUS=failed: ") == true)
        #expect(!told.contains { $0.contains("READY=1") })
    }
}
