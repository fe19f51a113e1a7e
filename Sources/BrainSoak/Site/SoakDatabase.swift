import Brain
import BrainTestKit
import Postgres

/// The private PostgreSQL of a soak, with its table `runs`.
struct SoakDatabase: Sendable {
    /// How many runs the table has.
    let runs: Int
    /// The server's version.
    let version: String
    private let server: ThrowawayPostgres
    private let database: TestDatabase

    /// Makes a server with a migrated database, and ends it after `body`.
    ///
    /// - Parameters:
    ///   - runs: how many there are, all queued at step 0.
    ///   - body: what is done with it.
    /// - Returns: what `body` returns.
    /// - Throws: what hindered the server, or what `body` throws.
    static func with<Result: Sendable>(
        runs: Int,
        _ body: (SoakDatabase) async throws -> Result
    ) async throws -> Result {
        // Days of the same few rows: without vacuum the table would grow, and the daemon's look at it get slower.
        let server = try ThrowawayPostgres.another(["autovacuum_naptime": "10s", "shared_buffers": "64MB"])
        defer { server.order(.end) }
        return try await body(try await SoakDatabase(runs: runs, server: server))
    }

    private init(runs: Int, server: ThrowawayPostgres) async throws {
        self.runs = runs
        self.server = server
        self.database = try await server.makeDatabase()
        let connection = try await self.database.connect()
        self.version = try await connection.query("SHOW server_version")[0, 0] ?? ""
        try await Migration.apply(on: connection, for: CaptureNeeds(.auto)) { _ in }
        try await connection.execute(Self.fill(runs: runs))
        await connection.close()
    }

    /// Names the database, for the daemon.
    var conninfo: String { self.database.target.conninfo }

    /// Opens a connection; tries again while the server is away.
    ///
    /// - Returns: one that is ready.
    /// - Throws: where none is to be had within a minute, or the task is cancelled.
    func connect() async throws -> Connection {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await self.database.connect()
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Stops the server in a way, starts it again, and returns when it takes connections.
    ///
    /// - Parameter end: how it is stopped.
    /// - Throws: where it isn't back within a minute, or the task is cancelled.
    func restart(by end: ThrowawayPostgres.Order) async throws {
        let epoch = "SELECT pg_postmaster_start_time()::text"
        let before = try await self.ask(epoch)
        self.server.order(end)
        self.server.order(.start)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let now = try? await self.ask(epoch), now != before { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw SoakError.late("the restart of PostgreSQL")
    }

    /// Ends every backend that works for the daemon.
    ///
    /// - Throws: also where there is none.
    func terminateDaemonBackends() async throws {
        let count = try await self.ask(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'brain'"
        )
        guard count != "0" else { throw SoakError.hitNothing("backend of Brain's") }
    }

    /// Ends a backend, and returns when it is gone.
    func endBackend(_ pid: Int32) async throws {
        _ = try await self.ask("SELECT pg_terminate_backend(\(pid), 20000)::text")
    }

    /// Asks for one value on a connection of its own.
    func ask(_ question: String) async throws -> String? {
        let connection = try await self.database.connect()
        let answer: String?
        do {
            answer = try await connection.query(question, [], timeout: .seconds(20))[0, 0]
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
        return answer
    }

    private static func fill(runs: Int) -> String {
        """
        INSERT INTO runs (id, status, progress, task_id, agent, started_at)
        SELECT '\(RunStep.idPrefix)' || lpad(n::text, \(RunStep.digits), '0'), 'queued', 0, 'task-' || n / 10,
            'agent-' || n % 40, now()
        FROM generate_series(0, \(runs - 1)) n
        """
    }
}

// MARK: The table
extension Connection {
    /// The last steps that the table has, by their runs.
    ///
    /// - Parameter ids: of the runs that are asked for; nil for all.
    /// - Returns: a step for each run that is there.
    /// - Throws: what the server says.
    func steps(of ids: [String]? = nil) async throws(PostgresError) -> [Int: RunStep] {
        let list = ids.map { "WHERE id IN (\($0.map { "'\($0)'" }.joined(separator: ", ")))" } ?? ""
        let rows = try await self.query("SELECT id, progress, status FROM runs \(list)", [], timeout: .seconds(20))
        var steps: [Int: RunStep] = [:]
        for row in 0..<rows.count {
            guard let run = rows[row, 0].flatMap({ Int($0.dropFirst(RunStep.idPrefix.count)) }),
                let number = rows[row, 1].flatMap({ Int($0) }),
                let status = rows[row, 2].flatMap({ StepStatus(rawValue: $0) })
            else { continue }
            steps[run] = RunStep(run: run, number: number, status: status)
        }
        return steps
    }
}
