package import Postgres

/// Opens Brain's connections: what each session needs set, whatever the role's or the database's own defaults say.
package struct FeedSession: Sendable {
    private let target: @Sendable () -> ConnectionTarget
    /// Where libpq is called.
    let thread: PollThread
    private let connectTimeout: Duration

    /// A way to a database.
    ///
    /// - Parameters:
    ///   - target: the database; `application_name` becomes `brain`.
    ///   - thread: where libpq is called.
    ///   - connectTimeout: how long one attempt may take.
    package init(target: ConnectionTarget, thread: PollThread, connectTimeout: Duration = .seconds(5)) {
        self.init(on: thread, connectTimeout: connectTimeout) { target }
    }

    /// Asks at each opening where the database is: the embedded one may have moved.
    ///
    /// - Parameters:
    ///   - site: says where.
    ///   - thread: where libpq is called.
    package init(site: DatabaseSite, thread: PollThread) {
        self.init(on: thread, connectTimeout: .seconds(5)) { site.target }
    }

    private init(
        on thread: PollThread,
        connectTimeout: Duration,
        target: @escaping @Sendable () -> ConnectionTarget
    ) {
        self.target = {
            var target = target()
            target.overrides["application_name"] = "brain"
            if !target.conninfo.contains("keepalives") {
                target.overrides.merge(Self.keepalives) { given, _ in given }
            }
            return target
        }
        self.thread = thread
        self.connectTimeout = connectTimeout
    }

    /// Connects, and sets what texts look like and that nothing ends the session for being slow or idle.
    ///
    /// - Parameter extra: further SET statements.
    /// - Returns: a session of the primary.
    /// - Throws: what hindered it; `standby` and `tooOld` for a server that can't serve.
    package func open(_ extra: String = "") async throws(FeedError) -> Connection {
        do {
            let connection = try await Connection.open(self.target(), on: self.thread, timeout: self.connectTimeout)
            try await self.prepare(connection, extra)
            return connection
        } catch let error as PostgresError {
            throw FeedError(error)
        } catch let error as FeedError {
            throw error
        } catch {
            throw .lost(String(describing: error))
        }
    }

    /// Connects for a stream of the log, whose values look like those of other sessions.
    ///
    /// - Returns: a connection that takes replication commands and simple queries.
    /// - Throws: what hindered it.
    func openReplication() async throws(PostgresError) -> Connection {
        var target = self.target()
        target.overrides["replication"] = "database"
        let connection = try await Connection.open(target, on: self.thread, timeout: self.connectTimeout)
        do {
            try await connection.execute(Self.settings + Self.talkativeness, timeout: self.connectTimeout)
            // Not every server can: then it notices later.
            try? await connection.execute(Self.watchfulness, timeout: self.connectTimeout)
            return connection
        } catch {
            await connection.close()
            throw error
        }
    }

    private func prepare(_ connection: Connection, _ extra: String) async throws {
        guard connection.serverVersion >= 140_000 else {
            await connection.close()
            throw FeedError.tooOld(version: connection.serverVersion)
        }
        try await connection.execute(Self.settings + extra, timeout: self.connectTimeout)
        let rows = try await connection.query("SELECT pg_catalog.pg_is_in_recovery()", [], timeout: self.connectTimeout)
        guard rows[0, 0] == "f" else {
            await connection.close()
            throw FeedError.standby
        }
    }

    /// For what forgets connections that are silent, and for peers that are gone: libpq's own waits for two hours.
    private static let keepalives = ["keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"]

    /// Lets a walsender notice that its client is gone while a slot waits for transactions: it would keep its place.
    ///
    /// It does so by a timer, which only a query starts: the one that follows the setting (`start_xact_command`).
    private static let watchfulness = "SET client_connection_check_interval TO '2s'; SELECT 1"

    /// Has a walsender that decodes a large transaction of other tables give a sign each 5 s, at half of this.
    private static let talkativeness = " SET wal_sender_timeout TO '10s';"

    /// `search_path` is left alone: it says which `runs` is meant.
    private static let settings = """
        SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO, YMD'; SET extra_float_digits TO 1; SET bytea_output TO 'hex';
        SET standard_conforming_strings TO on; SET default_transaction_isolation TO 'read committed';
        SET statement_timeout TO 0; SET lock_timeout TO 0; SET idle_session_timeout TO 0;
        SET idle_in_transaction_session_timeout TO 0; SET jit TO off;
        """
}
