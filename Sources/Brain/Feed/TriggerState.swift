package import Postgres

/// Whether Brain's triggers on `runs` can be relied on.
package enum TriggerState: Sendable, Equatable {
    /// Installed, enabled, and made for the table's present columns.
    case current
    /// Not there, or not all of them.
    case missing
    /// `ALTER TABLE … DISABLE TRIGGER`, or enabled for replicas alone.
    case disabled
    /// Made by another Brain, or for columns that have changed since.
    case outdated
}

extension TriggerState: CustomStringConvertible {
    /// One line, with the remedy.
    package var description: String {
        switch self {
        case .current: "Brain's trigger is in place"
        case .missing: "Brain's trigger isn't there: `brain migrate` puts it in"
        case .disabled: "Brain's trigger is disabled: ALTER TABLE runs ENABLE TRIGGER brain_row, brain_truncate too"
        case .outdated: "Brain's trigger is from another version, or the table has changed: `brain migrate` renews it"
        }
    }
}

extension TriggerState {
    /// Reads the triggers of a table; needs no right on the schema `brain`.
    ///
    /// - Parameters:
    ///   - table: the table as it is now.
    ///   - connection: a session of ``FeedSession``.
    /// - Returns: what was found.
    /// - Throws: what befell the connection.
    package static func read(
        of table: RunsTable,
        on connection: Connection
    ) async throws(PostgresError) -> TriggerState {
        let rows = try await connection.query(Self.catalogQuery, [table.oid], timeout: .seconds(10))
        let states = (0..<rows.count).map { Self.state(rows, $0, BrainTrigger(table).signature) }
        guard states.count == BrainTrigger.names.count else {
            return .missing
        }
        return states.first { $0 != .current } ?? .current
    }

    /// Whether anything of Brain's trigger is there, on the table or as a function.
    static func isThere(on table: RunsTable, _ connection: Connection) async throws(PostgresError) -> Bool {
        let function = """
            SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'brain' AND p.proname = 'run_changed' AND p.pronargs = 0
            """
        let triggers = try await connection.query(Self.catalogQuery, [table.oid], timeout: .seconds(10))
        guard triggers.count == 0 else {
            return true
        }
        return try await connection.query(function, [], timeout: .seconds(10)).count > 0
    }

    /// The same for a capture.
    static func found(for table: RunsTable, on connection: Connection) async throws(FeedError) -> TriggerState {
        do {
            return try await Self.read(of: table, on: connection)
        } catch {
            throw FeedError(error)
        }
    }

    private static func state(_ rows: Rows, _ row: Int, _ signature: String) -> TriggerState {
        guard ["O", "A"].contains(rows[row, 0]) else {
            return .disabled
        }
        return rows[row, 1] == signature ? .current : .outdated
    }

    private static let catalogQuery = """
        SELECT t.tgenabled::text, d.description
        FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_catalog.pg_description d
            ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
        WHERE t.tgrelid = $1::pg_catalog.oid AND t.tgname = ANY ('{\(BrainTrigger.names.joined(separator: ","))}')
            AND n.nspname = 'brain' AND p.proname = 'run_changed'
        """
}
