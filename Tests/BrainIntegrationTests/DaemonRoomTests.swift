import Brain
import BrainTestKit
import Postgres
import Testing

/// Every part of the daemon fails and hangs in the midst of writes: each socket stays, and the state is whole again.
@Suite(.timeLimit(.minutes(5)))
struct DaemonRoomTests {
    static let children = [
        "change-feed", "runs-repository", "rate-governor", "broadcaster", "sessions", "auditor", "acceptor",
    ]
    /// As many clients as the oracle has, and one more.
    static let places = 4

    private static func setup(_ capture: CaptureChoice = .notify) -> DaemonSetup {
        var setup = DaemonSetup(capture, script: ProofRuns.script) { configuration in
            configuration.faultsEnabled = true
            configuration.admission.maxConnectionsPerIP = Self.places
        }
        setup.silence = .seconds(2)
        setup.patience = .seconds(60)
        return setup
    }

    @Test(arguments: Self.children)
    func `loses no socket and no state when a child fails, and when it hangs`(_ child: String) async throws {
        try await withDaemon(Self.setup()) { daemon in
            var oracle = try await Oracle(daemon)
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                try await daemon.plant("throw", in: child)
                try await daemon.runs(child, restarts: 1)
                try await daemon.plant("hang", in: child)
                try await daemon.runs(child, restarts: 2)
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history))
            try await Self.expectAllCounted(daemon, butFor: child)
        }
    }

    @Test
    func `misses no end of a run when what stands behind the log fails and hangs`() async throws {
        try await withDaemon(Self.setup(.wal)) { daemon in
            try await daemon.isCapturing(by: .wal)
            var oracle = try await Oracle(daemon)
            let history = try await ProofRuns.whileWriting(to: daemon.database) {
                for (number, fault) in ["throw", "hang"].enumerated() {
                    try await daemon.plant(fault, in: "broadcaster")
                    try await daemon.runs("broadcaster", restarts: number + 1)
                }
            }
            expectNone(try await oracle.complaints())
            expectNone(oracle.complaints(about: history, everyEnd: true))
        }
    }

    @Test
    func `comes back after the embedded server failed and hung`() async throws {
        try await withEmbeddedDaemon(Self.setup(.wal)) { daemon, target in
            let writer = try await Connection.open(target, on: daemon.database.thread, timeout: .seconds(20))
            try await writer.execute(ProofRuns.script)
            let count = try await writer.query("SELECT count(*) FROM runs")[0, 0].flatMap { Int($0) }
            try await eventually("the runs are known") { daemon.knownRuns == count }
            var oracle = try await Oracle(daemon, reading: writer)
            var connection = writer
            for (number, fault) in ["throw", "hang"].enumerated() {
                try await daemon.plant(fault, in: "postgres")
                try await daemon.runs("postgres", restarts: number + 1)
                await connection.close()
                connection = try await Connection.open(target, on: daemon.database.thread, timeout: .seconds(20))
                _ = try await ProofRuns.steps(40, on: connection)
                expectNone(try await oracle.complaints(reading: connection))
            }
            await connection.close()
        }
    }

    /// The sessions of the oracle, by every count, and one place that is left.
    private static func expectAllCounted(_ daemon: DaemonHarness, butFor child: String) async throws {
        let list = try await daemon.json("/api/debug/sessions")
        #expect(list["count"] == 3 && list["totals"]?["closed"] == 0 && list["totals"]?["restarted"] == 0)
        #expect(try await daemon.send("POST", "/api/debug/audit").json["findings"]?.elements == [])
        _ = try await daemon.connect()
        #expect(try await daemon.refusal().status == 429)
        let tree = try await daemon.json("/api/debug/tree")["children"]?.elements ?? []
        #expect(tree.allSatisfy { $0["id"] == .string(child) || $0["restarts"] == 0 })
    }
}
