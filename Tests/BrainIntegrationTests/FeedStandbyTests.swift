import Brain
import BrainTestKit
import Postgres
import Testing

/// Commits never wait for Brain: it is no synchronous standby.
@Suite(.timeLimit(.minutes(5)))
struct FeedStandbyTests {
    private static let state = """
        SELECT count(*) FROM pg_stat_replication WHERE application_name = 'brain' AND sync_state IN ('sync', 'quorum')
        """

    private func setNames(_ names: String, _ connection: Connection) async throws {
        try await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '\(names)'")
        try await connection.execute("SELECT pg_reload_conf()")
    }

    @Test(arguments: ["*", "ANY 1 (s1, \"Brain\")"])
    func `leaves the log alone while its name would make it one, and comes back to it`(_ names: String) async throws {
        let server = try ThrowawayPostgres.another()
        defer { server.order(.end) }
        let database = try await server.makeDatabase()
        let writer = try await database.connect()
        try await writer.execute("SET synchronous_commit TO local")
        try await Migration.apply(on: writer) { _ in }
        try await withFeed(of: database, by: nil) { rig in
            for _ in 1...2 {
                try await rig.until { $0.ready && $0.capture == .wal }
                try await self.setNames(names, writer)
                try await rig.until { $0.ready && $0.capture == .notify }
                #expect(rig.gauge.status().reasons.contains { $0.contains("synchronous_standby_names") })
                #expect(try await writer.query(Self.state)[0, 0] == "0")
                try await writer.execute("INSERT INTO runs (id) VALUES (txid_current())")
                _ = try await rig.next()
                try await self.setNames("", writer)
            }
        }
    }

    @Test func `isn't one at its start, whatever the setting was before`() async throws {
        let server = try ThrowawayPostgres.another()
        defer { server.order(.end) }
        let database = try await server.makeDatabase()
        let writer = try await database.connect()
        try await Migration.apply(on: writer) { _ in }
        try await self.setNames("FIRST 2 (brain)", writer)
        try await writer.execute("SET synchronous_commit TO local")
        try await withFeed(of: database, by: nil) { rig in
            try await rig.until { $0.ready }
            #expect(rig.gauge.status().capture == .notify)
            #expect(try await writer.query("SELECT FROM pg_replication_slots").count == 0)
        }
    }
}
