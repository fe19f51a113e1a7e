import Brain
import BrainTestKit
import Postgres
import Testing

/// Tables that are altered, emptied and filled again under way, and rows whose times are nonsense (contract §3.2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonAlterTests {
    static let table = """
        CREATE TABLE runs (id text PRIMARY KEY, status text, progress int, task_id text, agent text,
            started_at timestamptz, completed_at timestamptz, error text, scratch text, other int, updated_at timestamptz)
        """
    static let alterations = [
        "ALTER TABLE runs ADD COLUMN extra text DEFAULT 'x'",
        "ALTER TABLE runs DROP COLUMN scratch",
        "ALTER TABLE runs RENAME COLUMN other TO another",
        "ALTER TABLE runs ALTER COLUMN progress TYPE numeric",
        "ALTER TABLE runs DROP COLUMN agent",
    ]

    @Test(arguments: CaptureChoice.proven, alterations)
    func `sends each change after the table was altered, before a migration and after it`(
        _ capture: CaptureChoice,
        _ alteration: String
    ) async throws {
        try await withDaemon(Self.setup(capture)) { daemon in
            var oracle = try await Oracle(daemon)
            var history = try await ProofRuns.steps(20, on: daemon.writer)
            expectNone(try await oracle.complaints())
            // Else the end of the oracle's marks is looked at after the alteration, and tells of it.
            try await eventually("the ten runs alone are known") { daemon.knownRuns == 10 }
            try await daemon.sql(alteration)
            history += try await ProofRuns.steps(20, on: daemon.writer)
            expectNone(try await oracle.complaints())
            // What an operator is told to do where the trigger no longer fits; a change needn't wait for it.
            try await Migration.apply(on: daemon.writer) { _ in }
            history += try await ProofRuns.steps(20, on: daemon.writer)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `sends each change while the table is altered beside its writers`(_ capture: CaptureChoice) async throws {
        try await withDaemon(Self.setup(capture)) { daemon in
            var oracle = try await Oracle(daemon)
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                for alteration in Self.alterations { try await daemon.sql(alteration) }
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
        }
    }

    @Test(arguments: CaptureChoice.proven)
    func `sends what is inserted again after a DELETE or a TRUNCATE, in one transaction and after it`(
        _ capture: CaptureChoice
    ) async throws {
        try await withDaemon(DaemonSetup(capture, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon, .states)
            let removals = ["DELETE FROM runs WHERE id < 'r5'", "TRUNCATE runs", "DELETE FROM runs"]
            for (round, removal) in removals.enumerated() {
                let again = Self.insertion(progress: round + 1)
                try await daemon.sql("BEGIN; \(removal); \(again); COMMIT")
                expectNone(try await oracle.complaints(), "\(removal) in one transaction")
                try await daemon.sql(removal)
                try await daemon.sql(Self.insertion(progress: round + 10))
                expectNone(try await oracle.complaints(), "\(removal)")
            }
            for heard in oracle.heard { #expect(Set(heard.map(\.step.id)).count == 10) }
        }
    }

    /// An equal row is told again: whoever was told of its end, by a list of runs say, doesn't know that it is back.
    @Test(arguments: CaptureChoice.proven)
    func `sends a run that comes back as it was, once it was seen gone`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: Self.insertion(progress: 1))) { daemon in
            let client = try await daemon.connect()
            // While its slot is made, looks stand in for the stream: they observe what they meet.
            try await daemon.isCapturing(by: capture)
            for removal in ["DELETE FROM runs", "TRUNCATE runs", "BEGIN; TRUNCATE runs; COMMIT"] {
                try await daemon.sql(removal)
                // For a capture that observes every commit, there is nothing to wait for.
                if !capture.observesEveryCommit {
                    try await eventually("no run is known") { daemon.knownRuns == 0 }
                }
                try await daemon.sql(Self.insertion(progress: 1))
                let back = try await daemon.settled(client)
                #expect(back.map(\.id).sorted() == (0...9).map { "r\($0)" }, "\(removal)")
                #expect(back.allSatisfy { $0.type == "run_failed" && $0.progress == 1 })
            }
        }
    }

    /// Nothing may hang on the wall clock.
    ///
    /// It can't be set back here, so the rows' own times are: all that a daemon could see in the table of a server's
    /// clock that was.
    @Test(arguments: CaptureChoice.proven)
    func `sends changes in the order of commits, whatever the rows' times say`(_ capture: CaptureChoice) async throws {
        try await withDaemon(DaemonSetup(capture, script: ProofRuns.script)) { daemon in
            try await daemon.isCapturing(by: capture)
            var oracle = try await Oracle(daemon)
            var history: [CommittedStep] = []
            for (turn, shift) in ["1 hour", "-1 hour", "-20 years", "100 years", "0"].enumerated() {
                try await daemon.sql(
                    """
                    UPDATE runs SET progress = progress + 1, status = 'done', created_at = now() + interval '\(shift)',
                        updated_at = now() + interval '\(shift)', started_at = now() + interval '\(shift)',
                        completed_at = now() - interval '\(shift)'
                    """
                )
                history += (0...9).map {
                    CommittedStep(id: "r\($0)", progress: turn * 3 + 1, status: "completed")
                }
                history += try await ProofRuns.steps(20, on: daemon.writer)
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: capture.observesEveryCommit))
        }
    }

    private static func setup(_ capture: CaptureChoice) -> DaemonSetup {
        var setup = DaemonSetup(capture, script: ProofRuns.script)
        setup.schema = Self.table
        setup.patience = .seconds(150)
        return setup
    }

    private static func insertion(progress: Int) -> String {
        """
        INSERT INTO runs (id, status, progress) SELECT 'r' || n, 'failed', \(progress) FROM generate_series(0, 9) n
        ON CONFLICT (id) DO UPDATE SET progress = excluded.progress
        """
    }
}
