import Brain
import BrainTestKit
import Postgres
import Testing

/// Transactions that take their time while others commit (contract §3.2, §4.1).
@Suite(.timeLimit(.minutes(5)))
struct DaemonTransactionTests {
    static let late = "\(ProofRuns.script); INSERT INTO runs (id, progress) VALUES ('late', 0), ('spare', 0)"

    @Test(arguments: CaptureChoice.proven)
    func `sends a transaction that began long ago when it commits, and nothing of it before`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.late)) { daemon in
            try await daemon.isCapturing(by: capture)
            var oracle = try await Oracle(daemon)
            let slow = try await daemon.database.connect()
            try await slow.execute("BEGIN; UPDATE runs SET progress = 1, status = 'failed' WHERE id = 'late'")
            var history: [CommittedStep] = []
            for _ in 1...3 {
                history += try await ProofRuns.steps(40, on: daemon.writer)
                expectNone(try await oracle.complaints())
            }
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
            try await slow.execute("COMMIT")
            history.append(CommittedStep(id: "late", progress: 1, status: "failed"))
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
            await slow.close()
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `starts while a transaction is open, and sends it when it commits`(_ capture: CaptureChoice) async throws {
        let open = "\(Self.late); COMMIT; BEGIN; UPDATE runs SET progress = 1, status = 'failed' WHERE id = 'late'"
        try await withDaemon(DaemonSetup(capture, script: "BEGIN; \(open)")) { daemon in
            let other = try await daemon.database.connect()
            var oracle = try await Oracle(daemon, reading: other)
            var history = try await ProofRuns.steps(40, on: other)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
            try await daemon.sql("COMMIT")
            history.append(CommittedStep(id: "late", progress: 1, status: "failed"))
            history += try await ProofRuns.steps(40, on: other)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
            await other.close()
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `sends what subtransactions left, and nothing that was rolled back`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.late)) { daemon in
            try await daemon.isCapturing(by: capture)
            var oracle = try await Oracle(daemon)
            let slow = try await daemon.database.connect()
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                for statement in Self.nested { try await slow.execute(statement) }
            }
            expectNone(try await oracle.complaints())
            let own = [
                CommittedStep(id: "late", progress: 4, status: "completed"),
                CommittedStep(id: "nested", progress: 3, status: "completed"),
            ]
            expectNone(oracle.complaints(about: history + own, everyEnd: capture.observesEveryCommit))
            await slow.close()
        }
    }

    /// Each in a statement of its own, so that other commits come in between.
    static let nested = [
        "BEGIN; UPDATE runs SET progress = 1, status = 'running' WHERE id = 'late'",
        "SAVEPOINT kept; UPDATE runs SET progress = 2, status = 'failed' WHERE id = 'late'",
        "SAVEPOINT within; INSERT INTO runs (id, status, progress) VALUES ('nested', 'done', 3); RELEASE within",
        "SAVEPOINT lost; UPDATE runs SET progress = 9, status = 'failed' WHERE id IN ('late', 'spare', 'nested')",
        "SAVEPOINT deeper; INSERT INTO runs (id, status, progress) VALUES ('deeper', 'done', 9); RELEASE deeper",
        "DELETE FROM runs WHERE id = 'spare'; ROLLBACK TO lost; RELEASE kept",
        "SAVEPOINT last; UPDATE runs SET progress = 4, status = 'success' WHERE id = 'late'; RELEASE last",
        "SAVEPOINT never; UPDATE runs SET progress = 8, status = 'running'; ROLLBACK TO never; COMMIT",
    ]

    /// PostgreSQL refuses to prepare what has notified: where Brain captures so, nobody can (contract §6).
    @Test(arguments: CaptureChoice.proven.filter { $0 != .notify })
    func `sends a prepared transaction when it is committed, and nothing of one that is rolled back`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.late)) { daemon in
            try await daemon.isCapturing(by: capture)
            var oracle = try await Oracle(daemon)
            let name = daemon.port
            try await daemon.sql(
                "BEGIN; UPDATE runs SET progress = 1, status = 'done' WHERE id = 'late'; PREPARE TRANSACTION 'a\(name)'"
            )
            try await daemon.sql("BEGIN; INSERT INTO runs (id) VALUES ('never'); PREPARE TRANSACTION 'b\(name)'")
            var history = try await ProofRuns.steps(40, on: daemon.writer)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
            try await daemon.sql("COMMIT PREPARED 'a\(name)'")
            try await daemon.sql("ROLLBACK PREPARED 'b\(name)'")
            history.append(CommittedStep(id: "late", progress: 1, status: "completed"))
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
        }
    }
}
