import Brain
import BrainTestKit
import Postgres
import Testing

/// That the oracle complains: one that never did would prove everything.
@Suite(.timeLimit(.minutes(5)))
struct OracleTests {
    @Test func `misses a change that no client was sent`() async throws {
        try await withDaemon(DaemonSetup(.notify, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon, clients: 2)
            // Behind the trigger's back, so that nothing tells of it before the daemon looks by itself.
            try await daemon.sql("ALTER TABLE runs DISABLE TRIGGER USER; UPDATE runs SET progress = 1 WHERE id = 'r3'")
            let complaints = try await oracle.complaints(within: .milliseconds(100))
            let missing = #"{"id":"r3","status":"queued","progress":1} in the table"#
            #expect(complaints.count == 2 && complaints.allSatisfy { $0.contains(missing) })
        }
    }

    @Test func `finds a step that goes back, and a state that was never committed`() async throws {
        try await withDaemon(DaemonSetup(.notify, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon, clients: 1)
            try await daemon.sql("UPDATE runs SET progress = 2 WHERE id = 'r3'")
            expectNone(try await oracle.complaints())
            try await daemon.sql("UPDATE runs SET progress = 1 WHERE id = 'r3'")
            #expect(try await oracle.complaints().count == 1)
            let known = CommittedStep(id: "r3", progress: 2, status: "queued")
            #expect(oracle.complaints(about: [known]).count == 1)
            expectNone(oracle.complaints(about: [known, CommittedStep(id: "r3", progress: 1, status: "queued")]))
        }
    }

    @Test func `finds a message that comes twice`() async throws {
        try await withDaemon(DaemonSetup(.notify, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon, .states, clients: 1)
            try await daemon.sql("DELETE FROM runs WHERE id = 'r3'")
            try await eventually("r3 is forgotten") { daemon.knownRuns == 9 }
            try await daemon.sql("INSERT INTO runs (id, progress) VALUES ('r3', 0)")
            #expect(try await oracle.complaints().count == 1)
        }
    }

    @Test func `finds an end that was told too often, too seldom, or not at all`() async throws {
        try await withDaemon(DaemonSetup(.notify, script: ProofRuns.script)) { daemon in
            var oracle = try await Oracle(daemon, clients: 1)
            let history = try await ProofRuns.steps(20, on: daemon.writer)
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: true))
            let further = CommittedStep(id: "r3", progress: 3, status: "failed")
            #expect(oracle.complaints(about: history + [further], everyEnd: true).count == 1)
            #expect(oracle.complaints(about: history + history, everyEnd: true).count == 10)
            let unknown = history.filter { $0.id != "r3" || !$0.isTerminal }
            #expect(oracle.complaints(about: unknown, everyEnd: true).count == 2)
        }
    }
}
