import BrainTestKit
import Postgres
import Testing

@testable import BrainSoak

/// A writer before a real server.
@Suite(.timeLimit(.minutes(5)))
struct WriterTests {
    private static let runs = 8

    /// Writes until so many changes are committed, and answers what the oracle thinks of the table then.
    private static func write(
        _ changes: Int,
        to database: SoakDatabase,
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> (complaints: SoakLosses, losses: SoakLosses, counts: OracleCounts) {
        let oracle = SharedOracle(SoakOracle(runs: Self.runs, clients: []))
        let script = WriterScript(runs: 0..<Self.runs, seed: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var writer = Writer(to: database, by: script, rate: 2000, oracle: oracle)
                try await writer.run { oracle.withLock { $0.counts.committed >= changes } }
            }
            group.addTask { try await meanwhile() }
            try await group.waitForAll()
        }
        let connection = try await database.connect()
        let table = try await connection.steps().mapValues { ($0.number, $0.status) }
        await connection.close()
        return oracle.withLock { ($0.complaints(against: table), $0.losses, $0.counts) }
    }

    @Test func `tells the oracle what the table has, rolled back transactions included`() async throws {
        let outcome = try await SoakDatabase.with(runs: Self.runs) { try await Self.write(1000, to: $0) }
        #expect(outcome.complaints.isEmpty && outcome.losses.isEmpty)
        #expect(outcome.counts.abandoned > 0)
        #expect(outcome.counts.announced == outcome.counts.committed + outcome.counts.abandoned)
    }

    @Test func `finds out what was committed where the server died in the midst`() async throws {
        let outcome = try await SoakDatabase.with(runs: Self.runs) { database in
            try await Self.write(3000, to: database) {
                try await database.restart(by: .kill)
                try await database.restart(by: .stop)
            }
        }
        #expect(outcome.complaints.isEmpty && outcome.losses.isEmpty)
        #expect(outcome.counts.announced == outcome.counts.committed + outcome.counts.abandoned)
    }

    @Test func `backends of Brain's that aren't there can't be ended`() async throws {
        try await SoakDatabase.with(runs: 8) { database in
            _ = await #expect(throws: SoakError.self) { try await database.terminateDaemonBackends() }
        }
    }
}
