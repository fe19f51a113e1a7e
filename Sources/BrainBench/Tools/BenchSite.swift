import Brain
import BrainTestKit
import Postgres

/// A private cluster with a table `runs`, as a server in production would run it: with fsync, and logical WAL.
struct BenchSite: Sendable {
    /// How many runs the table has: `run-1` and on.
    let runs: Int
    let version: String
    /// A connection of the bench's own.
    let admin: Connection
    private let server: ThrowawayPostgres
    private let database: TestDatabase

    /// Makes it, and ends it after `body`.
    ///
    /// A flush that waits is PostgreSQL's own `commit_delay`: one waits, and takes the others' commits with it, as on a disk
    /// that takes so long.
    static func with(
        runs: Int,
        flushDelay: Int = 0,
        _ body: @escaping @Sendable (BenchSite) async throws -> Void
    ) async throws {
        let server = try ThrowawayPostgres.another([
            "fsync": "on", "shared_buffers": "512MB", "max_connections": "200", "max_wal_size": "8GB",
            "checkpoint_timeout": "30min", "autovacuum": "off", "commit_delay": "\(flushDelay)", "commit_siblings": "0",
        ])
        defer { server.order(.end) }
        let site = try await BenchSite(runs: runs, server: server)
        try await site.fill()
        try await body(site)
        await site.admin.close()
    }

    private init(runs: Int, server: ThrowawayPostgres) async throws {
        self.runs = runs
        self.server = server
        self.database = try await server.makeDatabase()
        self.admin = try await self.database.connect()
        self.version = try await self.admin.query("SHOW server_version")[0, 0] ?? ""
    }

    /// Names the database, for programs.
    var conninfo: String { self.database.target.conninfo }

    var target: ConnectionTarget { self.database.target }

    var thread: PollThread { self.database.thread }

    func connect() async throws -> Connection {
        try await self.database.connect()
    }

    /// Puts in trigger and publication, as `brain migrate` does.
    func migrate(for capture: CaptureChoice = .auto) async throws {
        try await Migration.apply(on: self.admin, for: CaptureNeeds(capture)) { _ in }
    }

    /// Takes everything out but the table.
    func unmigrate() async throws {
        try await Migration.remove(on: self.admin) { _ in }
    }

    /// Leaves no work of one measurement to the next.
    func settle() async throws {
        _ = try await self.admin.query("VACUUM (ANALYZE) runs")
        _ = try await self.admin.query("CHECKPOINT")
    }

    /// The server's processes that work for Brain, or for a reader of the stream.
    func readersAtTheServer() async throws -> [Int32] {
        let rows = try await self.admin.query(
            "SELECT pid FROM pg_stat_activity WHERE application_name IN ('brain', 'pg_recvlogical')"
        )
        return (0..<rows.count).compactMap { rows[$0, 0].flatMap { Int32($0) } }
    }

    /// One run in twenty is active, one in fifty failed; texts as long as in life.
    private func fill() async throws {
        try await self.admin.execute(RunsTable.definition)
        try await self.admin.execute(
            """
            INSERT INTO runs (id, status, progress, task_id, agent, started_at, completed_at, error)
            SELECT 'run-' || n,
                CASE WHEN n % 20 = 0 THEN 'running' WHEN n % 50 = 1 THEN 'failed' ELSE 'completed' END,
                n % 100, 'task-' || n / 10, 'agent-' || n % 40, now() - n * interval '1 s',
                CASE WHEN n % 20 <> 0 THEN now() - n * interval '1 s' + interval '90 s' END,
                CASE WHEN n % 50 = 1 THEN 'exit status 1: ' || repeat('the build failed; ', 5) END
            FROM generate_series(1, \(self.runs)) n
            """
        )
        try await self.settle()
    }
}
