import Postgres

/// `brain migrate`: makes a database ready for Brain, shows how, or takes out what was put in.
package struct DatabaseMigration: Sendable {
    /// What is to be done.
    package enum Action: Sendable {
        /// Put in what is missing.
        case apply
        /// Take out everything but the table `runs`.
        case remove
        /// Show the SQL that `apply` would run, and change nothing.
        case printScript
        /// Show the SQL that `remove` would run, and change nothing.
        case printRemoval
    }

    private let target: ConnectionTarget
    private let needs: CaptureNeeds

    /// Takes the database that was named.
    ///
    /// - Parameters:
    ///   - choice: an external database.
    ///   - capture: the capture that it is made ready for.
    /// - Throws: `StartFailure` for the embedded one: the daemon makes that ready itself.
    package init(of choice: DatabaseChoice, for capture: CaptureChoice) throws(StartFailure) {
        guard case .external(let conninfo) = choice else {
            throw StartFailure(
                status: .configuration,
                message: "no database is named: set DATABASE_URL or --database-url; "
                    + "the embedded database is made ready by `brain serve` itself"
            )
        }
        self.target = ConnectionTarget(conninfo: conninfo)
        self.needs = CaptureNeeds(capture)
    }

    /// Does it.
    ///
    /// - Parameters:
    ///   - action: what.
    ///   - announce: is given each line for the user.
    /// - Throws: `StartFailure`.
    package func run(_ action: Action, announce: (String) -> Void) async throws(StartFailure) {
        do {
            let thread = try PollThread(name: "brain-migrate")
            defer { thread.stop() }
            let connection = try await FeedSession(target: self.target, thread: thread).open()
            try await self.perform(action, on: connection, announce)
            await connection.close()
        } catch {
            throw StartFailure(error)
        }
    }

    private func perform(
        _ action: Action,
        on connection: Connection,
        _ announce: (String) -> Void
    ) async throws {
        switch action {
        case .apply: try await Migration.apply(on: connection, for: self.needs, announce: announce)
        case .remove: try await Migration.remove(on: connection, announce: announce)
        case .printScript:
            for statement in Migration.script(table: try await Self.table(on: connection), for: self.needs) {
                announce("\(statement);")
            }
        case .printRemoval:
            for statement in Migration.removal(table: try await Self.table(on: connection)) {
                announce("\(statement);")
            }
        }
    }

    private static func table(on connection: Connection) async throws(FeedError) -> RunsTable? {
        do {
            return try await RunsTable.read(on: connection)
        } catch .table(.tableMissing) {
            return nil
        }
    }
}
