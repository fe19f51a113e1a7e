import Brain
import BrainTestKit
import Postgres
import Testing

/// What many rows at once, and many writers of the same rows, must not change: order, and that nothing is lost.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct DaemonScaleTests {
    @Test(arguments: CaptureChoice.proven)
    func `sends ten thousand rows of one transaction, each once, to every client`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(Self.setup(capture)) { daemon in
            var oracle = try await Oracle(daemon)
            try await daemon.sql(
                """
                BEGIN; INSERT INTO runs (id, progress) SELECT 'n' || n, 0 FROM generate_series(1, 10000) n;
                UPDATE runs SET progress = 1, status = CASE WHEN id LIKE '%0' THEN 'completed' ELSE 'running' END; COMMIT
                """
            )
            expectNone(try await oracle.complaints())
            for heard in oracle.heard {
                #expect(heard.count == 10_000)
                #expect(heard.allSatisfy { $0.step.progress == 1 })
            }
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `keeps each run's order, and its ends, when two hundred write the same ten runs`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(Self.setup(capture, script: ProofRuns.script)) { daemon in
            try await daemon.isCapturing(by: capture)
            var oracle = try await Oracle(daemon)
            let history = try await Self.crowd(of: 200, each: 10, at: daemon)
            #expect(Set(history).count == 2000)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `sends a transaction that is larger than what the server decodes in memory`(
        _ capture: CaptureChoice
    ) async throws {
        let setting = """
            DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET logical_decoding_work_mem TO ''64kB''', current_database());
            END $$
            """
        try await withDaemon(Self.setup(capture, script: "\(ProofRuns.script); \(setting)")) { daemon in
            try await daemon.isCapturing(by: capture)
            let late = try await daemon.database.connect()
            #expect(try await late.query("SHOW logical_decoding_work_mem")[0, 0] == "64kB")
            var oracle = try await Oracle(daemon, clients: 2)
            try await late.execute("BEGIN; \(Self.large(1)); SAVEPOINT gone; \(Self.large(2))")
            var history = try await ProofRuns.steps(20, on: daemon.writer)
            try await late.execute("ROLLBACK TO gone; SAVEPOINT kept; \(Self.large(3)); RELEASE kept")
            history += try await ProofRuns.steps(20, on: daemon.writer)
            try await late.execute("COMMIT")
            history += try await ProofRuns.steps(20, on: daemon.writer)
            expectNone(try await oracle.complaints())
            for number in 1...1000 {
                history += [1, 3].map { CommittedStep(id: "l\($0)-\(number)", progress: $0, status: "completed") }
            }
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
            await late.close()
        }
    }

    /// A MiB of runs.
    private static func large(_ batch: Int) -> String {
        """
        INSERT INTO runs (id, status, progress, error)
        SELECT 'l\(batch)-' || n, 'completed', \(batch), repeat('x', 1000) FROM generate_series(1, 1000) n
        """
    }

    private static func setup(_ capture: CaptureChoice, script: String = "") -> DaemonSetup {
        var setup = DaemonSetup(capture, script: script)
        setup.patience = .seconds(120)
        return setup
    }

    /// Each with a turn of its own, on one of forty connections, so that the server isn't taken from the tests beside.
    private static func crowd(
        of writers: Int,
        each turns: Int,
        at daemon: DaemonHarness
    ) async throws -> [CommittedStep] {
        var connections: [Connection] = []
        for _ in 0..<40 { connections.append(try await daemon.database.connect()) }
        let all = connections
        let history = try await withThrowingTaskGroup(of: [CommittedStep].self) { group in
            for writer in 0..<writers {
                group.addTask { try await Self.write(as: writer, turns, on: all[writer % all.count]) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        for connection in all { await connection.close() }
        return history
    }

    private static func write(as writer: Int, _ turns: Int, on connection: Connection) async throws -> [CommittedStep] {
        var history: [CommittedStep] = []
        for turn in 0..<turns { history.append(try await ProofRuns.step(writer + turn, turn, on: connection)) }
        return history
    }
}
