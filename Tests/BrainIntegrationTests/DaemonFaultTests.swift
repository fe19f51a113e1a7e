import Brain
import BrainTestKit
import Postgres
import Testing

/// What a fault of the server's costs while others write: time, not states (contract §4.4).
@Suite(.timeLimit(.minutes(5)))
struct DaemonFaultTests {
    static let backends = """
        FROM pg_stat_activity WHERE application_name = 'brain' AND datname = current_database() AND pid <> pg_backend_pid()
        """

    @Test(arguments: CaptureChoice.proven)
    func `loses no state when its backends are terminated in the midst of writes, one by one and all at once`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon)
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                for round in 0..<4 {
                    // A capture that was cut off too often in a row may rest: then there are fewer.
                    let count = try await Self.full(daemon)
                    try await Self.terminate(round == 3 ? "ALL" : "1 OFFSET \(round % count)", at: daemon)
                    try await daemon.isReady()
                }
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
            let restarts = try await daemon.json("/api/debug/tree")["children"]?.elements.map { $0["restarts"] }
            #expect(restarts?.allSatisfy { $0 == 0 } == true)
        }
    }

    /// Whoever waits for the transaction's end, as a new replication slot does, keeps everything else from the clients.
    @Test(arguments: CaptureChoice.proven)
    func `catches up after its backends were terminated, while a transaction stays open`(
        _ capture: CaptureChoice
    ) async throws {
        let script = "\(ProofRuns.script); INSERT INTO runs (id, progress) VALUES ('late', 0)"
        try await withDaemon(DaemonSetup(capture, script: script)) { daemon in
            var oracle = try await Oracle(daemon)
            let slow = try await daemon.database.connect()
            try await slow.execute("BEGIN; UPDATE runs SET progress = 1, status = 'done' WHERE id = 'late'")
            try await Self.terminate("ALL", at: daemon)
            var history = try await ProofRuns.steps(40, on: daemon.writer)
            expectNone(try await oracle.complaints())
            try await slow.execute("COMMIT")
            history.append(CommittedStep(id: "late", progress: 1, status: "completed"))
            history += try await ProofRuns.steps(40, on: daemon.writer)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
            await slow.close()
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `catches up after the postmaster was killed in the midst of writes`(_ capture: CaptureChoice) async throws {
        let server = try ThrowawayPostgres.another()
        defer { server.order(.end) }
        try await Self.run(capture, on: server) { daemon in
            var oracle = try await Oracle(daemon)
            _ = try await ProofRuns.whileWriting(to: daemon.database) {
                server.order(.kill)
                try await daemon.isAway()
            }
            server.order(.start)
            let writer = try await daemon.reconnected()
            _ = try await ProofRuns.steps(100, on: writer)
            expectNone(try await oracle.complaints(reading: writer))
            try await daemon.isReady()
            _ = try await ProofRuns.steps(20, on: writer)
            expectNone(try await oracle.complaints(reading: writer))
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `catches up on what is written the moment that the server is back`(_ capture: CaptureChoice) async throws {
        let server = try ThrowawayPostgres.another()
        defer { server.order(.end) }
        try await Self.run(capture, on: server) { daemon in
            var oracle = try await Oracle(daemon)
            _ = try await ProofRuns.steps(20, on: daemon.writer)
            server.order(.stop)
            try await daemon.isAway()
            // A minute, where one has it: pauses between attempts are at their longest after ten seconds.
            try await lapse(.seconds(2))
            server.order(.start)
            let writer = try await daemon.reconnected()
            let history = try await ProofRuns.steps(100, on: writer)
            #expect(history.last?.progress == 12)
            expectNone(try await oracle.complaints(reading: writer))
        }
    }

    private static func run(
        _ capture: CaptureChoice,
        on server: ThrowawayPostgres,
        _ body: @escaping @Sendable (DaemonHarness) async throws -> Void
    ) async throws {
        var setup = DaemonSetup(capture, script: ProofRuns.script)
        setup.server = server
        setup.patience = .seconds(150)
        try await withDaemon(setup, body)
    }

    /// Has every connection opened that Brain uses, a capture's and the API's; returns how many there are.
    private static func full(_ daemon: DaemonHarness) async throws -> Int {
        var count = 0
        try await eventually("a capture's backend and the API's") {
            // A read on a connection that was in use a moment ago may meet its end once.
            guard try await daemon.send("GET", "/api/runs").status == 200 else { return false }
            count = try await daemon.writer.query("SELECT \(Self.backends)").count
            return count >= 2
        }
        return count
    }

    private static func terminate(_ limit: String, at daemon: DaemonHarness) async throws {
        var pids = ""
        // One that is replaced just now may be gone already, and the next not there yet.
        try await eventually("a backend is terminated") {
            let victims = try await daemon.writer.query(
                """
                SELECT pid, pg_terminate_backend(pid)
                FROM (SELECT pid \(Self.backends) ORDER BY backend_start LIMIT \(limit)) AS victims
                """
            )
            pids = (0..<victims.count).compactMap { victims[$0, 0] }.joined(separator: ",")
            return !pids.isEmpty
        }
        try await eventually("\(pids) are gone") {
            try await daemon.writer.query("SELECT FROM pg_stat_activity WHERE pid IN (\(pids))").count == 0
        }
    }
}
