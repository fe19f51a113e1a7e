import Brain
import BrainTestKit
import Postgres
import Testing

/// How the daemon begins and ends (contract §1).
@Suite(.timeLimit(.minutes(5)))
struct DaemonStopTests {
    @Test
    func `announces how to listen and how to change a run`() async throws {
        try await withDaemon { daemon in
            #expect(daemon.announced.count == 2)
            #expect(daemon.announced.first == "wscat -c ws://localhost:\(daemon.port)/ws")
            #expect(daemon.announced.last?.hasPrefix("psql ") == true)
            #expect(daemon.announced.last?.contains("UPDATE runs SET status='running'") == true)
        }
    }

    @Test
    func `tells each session 1012 when it stops, once it has what it is owed`() async throws {
        try await withDaemon(DaemonSetup { $0.server.drainTimeout = .seconds(3) }) { daemon in
            var clients: [WebSocketClient] = []
            for _ in 1...10 { clients.append(try await daemon.connect()) }
            try await daemon.sql("INSERT INTO runs (id) VALUES ('last')")
            for client in clients { #expect(try await client.nextMessage().id == "last") }
            await daemon.stop()
            for client in clients {
                #expect(try await client.closeCode() == 1012)
                try await client.closed()
            }
            #expect(daemon.acceptedSockets == 0)
            await #expect(throws: WebSocketClientError.self) { try await daemon.connect() }
        }
    }

    @Test
    func `drains a client that reads late of all that it is owed`() async throws {
        try await withDaemon(DaemonSetup { $0.server.drainTimeout = .seconds(9) }) { daemon in
            let client = try await daemon.connect(options: DaemonSlowClientTests.deaf)
            let witness = try await daemon.connect()
            for number in 1...100 {
                try await daemon.sql(
                    "INSERT INTO runs (id, status, error) VALUES ('\(number)', 'failed', repeat('e', 60000))"
                )
                #expect(try await witness.nextMessage().id == "\(number)")
            }
            async let stopped: Void = daemon.stop()
            try await client.setReading(true)
            #expect(try await client.messages { $0.id == "100" }.map(\.id) == (1...100).map(String.init))
            #expect(try await client.closeCode() == 1012)
            await stopped
        }
    }

    @Test
    func `stops although a client neither reads nor answers`() async throws {
        try await withDaemon(DaemonSetup { $0.server.drainTimeout = .seconds(2) }) { daemon in
            var options = DaemonSlowClientTests.deaf
            options.answersClose = false
            let client = try await daemon.connect(options: options)
            await daemon.stop()
            #expect(daemon.acceptedSockets == 0)
            try? await client.setReading(true)
            try await client.closed()
        }
    }

    @Test
    func `logs no failure of a child when it stops as it should`() async throws {
        try await withDaemon { daemon in
            _ = try await daemon.connect()
            await daemon.stop()
            #expect(!daemon.log.contains("child failed"))
        }
    }

    @Test
    func `refuses to start on a port that is taken`() async throws {
        try await withDaemon { daemon async throws in
            let failure = await Self.failure(DaemonSetup { $0.server.port = daemon.port })
            #expect(failure?.status == .unavailable)
            #expect(failure?.message.contains("\(daemon.port)") == true)
            #expect(try await daemon.send("GET", "/api/health").status == 200)
        }
    }

    @Test
    func `refuses to start without a table, a database or a server`() async throws {
        var tableless = DaemonSetup(.auto)
        tableless.isMigrated = false
        let failure = await Self.failure(tableless)
        #expect(failure?.status == .unavailable && failure?.message.contains("brain migrate") == true)

        let directory = try ThrowawayPostgres.shared().directory
        let expected: [(String, Brain.ExitStatus)] = [
            ("host=\(directory) user=postgres dbname=none", .configuration),
            ("host=\(directory) user=nobody dbname=postgres", .configuration),
            ("host=/nowhere user=postgres dbname=postgres", .unavailable),
            ("host=/nowhere nonsense", .configuration),
        ]
        for (conninfo, status) in expected {
            let failure = await Self.failure(DaemonSetup { $0.database = .external(conninfo: conninfo) })
            #expect(failure?.status == status, "\(conninfo): \(failure?.message ?? "started")")
        }
    }

    @Test
    func `refuses a capture that can't be had, and a table that doesn't serve`() async throws {
        for capture in [CaptureChoice.notify, .wal] {
            var unprepared = DaemonSetup(capture)
            unprepared.isMigrated = false
            unprepared.schema = "CREATE TABLE runs (id text PRIMARY KEY, status text)"
            #expect(await Self.failure(unprepared)?.status == .configuration)
        }
        var statusless = DaemonSetup(.poll)
        statusless.isMigrated = false
        statusless.schema = "CREATE TABLE runs (id text PRIMARY KEY)"
        #expect(await Self.failure(statusless)?.status == .configuration)
    }

    @Test
    func `starts again and again on the same database, and takes what it finds for sent`() async throws {
        let one = "INSERT INTO runs (id) VALUES ('a')"
        try await withDaemon(DaemonSetup(script: one)) { first in
            let conninfo = first.database.target.conninfo
            await first.stop()
            for progress in 1...3 {
                try await first.sql("UPDATE runs SET progress = \(progress)")
                try await withDaemon(DaemonSetup { $0.database = .external(conninfo: conninfo) }) { daemon in
                    let client = try await daemon.connect()
                    try await first.sql("UPDATE runs SET agent = 'after-\(progress)'")
                    #expect(
                        try await client.nextMessage().data
                            == #"{"id":"a","status":"queued","progress":\#(progress),"agent":"after-\#(progress)"}"#
                    )
                }
            }
        }
    }

    private static func failure(_ setup: DaemonSetup) async -> StartFailure? {
        do {
            try await withDaemon(setup) { daemon in await daemon.stop() }
            return nil
        } catch {
            return error as? StartFailure
        }
    }
}
