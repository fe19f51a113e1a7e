package import Postgres

/// Opens Brain's connections: what each session needs set, whatever the role's or the database's own defaults say.
package struct FeedSession: Sendable {
    private let target: @Sendable () -> ConnectionTarget
    private let thread: PollThread
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

    /// `search_path` is left alone: it says which `runs` is meant.
    private static let settings = """
        SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO, YMD'; SET extra_float_digits TO 1; SET bytea_output TO 'hex';
        SET standard_conforming_strings TO on; SET default_transaction_isolation TO 'read committed';
        SET statement_timeout TO 0; SET lock_timeout TO 0; SET idle_session_timeout TO 0;
        SET idle_in_transaction_session_timeout TO 0; SET jit TO off;
        """
}
