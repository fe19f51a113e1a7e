import Logging
import Postgres
import Supervision
import Synchronization

/// The child `postgres`: the embedded server, made ready for the demonstration and for Brain.
///
/// | role | is | comes |
/// | --- | --- | --- |
/// | `postgres` | superuser; makes roles and database, touches nothing of `cecelia`'s | over the socket |
/// | `brain` | REPLICATION, member of `cecelia` | over the socket, which only Brain's and the server's user can enter |
/// | `cecelia` | owns the database `cecelia` and what is in it | from loopback, without a password |
actor EmbeddedPostgres: Child {
    private static let database = "cecelia"
    private static let owner = "cecelia"
    private static let ownRole = "brain"
    private static let superuser = "postgres"
    private static let queryTimeout = Duration.seconds(30)

    private let site: DatabaseSite
    private let logger: Logger
    private let server: PrivateServer
    private let stopDeadline: Duration
    private let needs: CaptureNeeds

    /// Makes the child; nothing is touched before it runs.
    ///
    /// - Parameters:
    ///   - site: is told where the database is.
    ///   - directory: where it lives.
    ///   - capture: what it is made ready for; `auto` means `wal` here, which can always be had.
    ///   - stopDeadline: what a clean shutdown may take.
    ///   - logger: for what it has to say.
    init(
        site: DatabaseSite,
        directory: String,
        capture: CaptureChoice,
        stopDeadline: Duration,
        logger: Logger
    ) {
        self.needs = CaptureNeeds(capture == .auto ? .wal : capture)
        self.site = site
        self.logger = logger
        self.stopDeadline = stopDeadline
        var configuration = PrivateServerConfiguration(
            directory: directory,
            superuser: Self.superuser,
            accessRules: Self.accessRules
        )
        configuration.settings = Self.settings
        configuration.stopDeadline = stopDeadline
        if let port = site.target.overrides["port"].flatMap({ UInt16($0) }) { configuration.preferredPort = port }
        self.server = PrivateServer(configuration)
    }

    /// Runs the server; it has started once the database is there with all that Brain needs.
    ///
    /// - Throws: Why it failed; of a start that was cancelled, the `CancellationError`, whatever that broke.
    func run(started: @escaping @Sendable () -> Void) async throws {
        do {
            try await self.serve(started)
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private func serve(_ started: @escaping @Sendable () -> Void) async throws {
        let outcome = Outcome()
        try await self.server.run { address in
            do {
                try await self.prepare(address)
                started()
            } catch {
                outcome.fail(error)
                await self.server.stop(deadline: self.stopDeadline)
            }
        }
        if let failure = outcome.failure { throw failure }
        throw CancellationError()
    }

    func stop() async {
        await self.server.stop(deadline: self.stopDeadline)
    }

    func signOfLife() async {}

    /// `search_path` is what cecelia sees, too: the trigger and the publication go by it.
    private func prepare(_ address: ServerAddress) async throws {
        try await self.makeRoles(address)
        let target = address.target(user: Self.ownRole, database: Self.database)
        try await self.migrate(target)
        self.site.moved(to: target)
        self.logger.log(.info, "embedded database ready", [.port: "\(address.port)"])
    }

    private func makeRoles(_ address: ServerAddress) async throws {
        let admin = try await self.open(address.adminTarget(database: Self.superuser))
        try await admin.execute(Self.roles, timeout: Self.queryTimeout)
        let found = try await admin.query("SELECT 1 FROM pg_database WHERE datname = $1", [Self.database])
        if found.count == 0 {
            try await admin.execute("CREATE DATABASE \(Self.database) OWNER \(Self.owner)", timeout: Self.queryTimeout)
        }
        await admin.close()
    }

    private func migrate(_ target: ConnectionTarget) async throws {
        let session = FeedSession(target: target, thread: self.site.feedThread)
        let connection = try await session.open(" SET ROLE \(Self.owner);")
        try await Migration.apply(on: connection, for: self.needs, samples: true) { [logger] line in
            logger.log(.debug, "migration", [.reason: "\(line)"])
        }
        await connection.close()
    }

    private func open(_ target: ConnectionTarget) async throws -> Connection {
        try await Connection.open(target, on: self.site.feedThread, timeout: Self.queryTimeout)
    }
}

extension EmbeddedPostgres {
    /// pg_hba.conf: whoever may enter the socket's directory is Brain or the server itself.
    private static let accessRules = [
        "local all \(superuser) trust",
        "local \(database) \(ownRole) trust",
        "local replication \(ownRole) trust",
        "host \(database) \(owner) 127.0.0.1/32 trust",
        "host \(database) \(owner) ::1/128 trust",
    ]

    /// `wal_writer_delay`: changes of writers with `synchronous_commit = off` are seen after 10 ms, not 200.
    private static let settings = ["wal_level": "logical", "wal_writer_delay": "10ms", "max_connections": "100"]

    private static let roles = """
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(owner)') THEN CREATE ROLE \(owner) LOGIN; END IF;
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(ownRole)') THEN
                CREATE ROLE \(ownRole) LOGIN REPLICATION IN ROLE \(owner);
            END IF;
        END $$
        """
}

/// What the preparation came to, told by the server's `ready` to the child's `run`.
private final class Outcome: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    var failure: (any Error)? { self.error.withLock { $0 } }

    func fail(_ error: any Error) { self.error.withLock { $0 = error } }
}
