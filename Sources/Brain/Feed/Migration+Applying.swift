package import Postgres

extension Migration {
    /// Makes a database ready, as far as it isn't yet.
    ///
    /// - Parameters:
    ///   - connection: a session of ``FeedSession``, as the role that is to own what is made.
    ///   - samples: whether a table that is made begins with ``SampleRuns``.
    ///   - announce: is told what is about to be done, and what needn't be, a line each.
    /// - Returns: whether anything was changed.
    /// - Throws: what stopped it.
    @discardableResult
    package static func apply(
        on connection: Connection,
        samples: Bool = false,
        announce: (String) -> Void
    ) async throws(MigrationError) -> Bool {
        var changed = false
        if try await Self.table(on: connection) == nil {
            announce("making the table runs")
            let statements = [RunsTable.definition] + (samples ? [SampleRuns.statement] : [])
            try await Self.transact(statements, on: connection)
            changed = true
        }
        guard let table = try await Self.table(on: connection) else {
            throw .feed(.table(.tableMissing))
        }
        let triggered = try await Self.applyTrigger(table, on: connection, announce)
        let published = try await Self.applyPublication(table, on: connection, announce)
        changed = changed || triggered || published
        if !changed {
            announce("nothing to do: everything is in place")
        }
        return changed
    }

    /// Takes out what ``apply(on:samples:announce:)`` put in, but the table.
    ///
    /// - Parameters:
    ///   - connection: a session of ``FeedSession``, as the owner.
    ///   - announce: is told what is about to be done, a line each.
    /// - Throws: what stopped it.
    package static func remove(
        on connection: Connection,
        announce: (String) -> Void
    ) async throws(MigrationError) {
        announce("removing the triggers, the publication brain_runs and the schema brain")
        let table = try await Self.table(on: connection)
        try await Self.transact(Self.removal(table: table), on: connection)
    }
}

extension Migration {
    private static func table(on connection: Connection) async throws(MigrationError) -> RunsTable? {
        do {
            return try await RunsTable.read(on: connection)
        } catch {
            guard case .table(.tableMissing) = error else {
                throw .feed(error)
            }
            return nil
        }
    }

    private static func applyTrigger(
        _ table: RunsTable,
        on connection: Connection,
        _ announce: (String) -> Void
    ) async throws(MigrationError) -> Bool {
        let trigger = BrainTrigger(table)
        let function = try await Self.functionStatements(table, hasSchema: Self.hasSchema(on: connection))
        switch try await Self.asking({ () throws(PostgresError) in
            try await TriggerState.read(of: table, on: connection)
        }) {
        case .current:
            return false
        case .outdated:
            announce("renewing the trigger function brain.run_changed()")
            try await Self.transact(function, on: connection)
        case .missing:
            announce("putting in the trigger function brain.run_changed() and the triggers brain_row, brain_truncate")
            Self.exceptions.forEach(announce)
            try await Self.transact(function + trigger.triggers, on: connection)
        case .disabled:
            announce("enabling the triggers brain_row, brain_truncate")
            let enabling = BrainTrigger.names.map { "ALTER TABLE \(table.name) ENABLE TRIGGER \($0)" }
            try await Self.transact(function + enabling, on: connection)
        }
        return true
    }

    /// Asked, since CREATE SCHEMA IF NOT EXISTS fails without the right to create one even where it is there.
    private static func hasSchema(on connection: Connection) async throws(MigrationError) -> Bool {
        try await Self.asking { () throws(PostgresError) in
            try await connection.query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'brain'").count > 0
        }
    }

    /// A role without the right to make a publication still gets the trigger: it is told, and `wal` isn't available.
    private static func applyPublication(
        _ table: RunsTable,
        on connection: Connection,
        _ announce: (String) -> Void
    ) async throws(MigrationError) -> Bool {
        let rows = try await Self.asking { () throws(PostgresError) in
            try await connection.query(Self.publicationQuery, [table.oid], timeout: .seconds(10))
        }
        let drop = rows.count > 0 ? ["DROP PUBLICATION brain_runs"] : []
        guard rows[0, 0] != (table.isPublishable ? "t" : nil) else {
            return false
        }
        guard table.isPublishable || !drop.isEmpty else {
            announce("no publication: without a replica identity on runs it would refuse UPDATE")
            return false
        }
        announce(table.isPublishable ? "making the publication brain_runs" : "removing the publication brain_runs")
        do {
            try await Self.transact(drop + Self.publicationStatements(table), on: connection)
            return true
        } catch .forbidden(let message) {
            announce("no publication, so no capture by wal: \(message)")
            return false
        }
    }

    private static func asking<Answer: Sendable>(
        _ question: () async throws(PostgresError) -> Answer
    ) async throws(MigrationError) -> Answer {
        do {
            return try await question()
        } catch {
            throw .feed(FeedError(error))
        }
    }

    /// Whether the publication publishes this table, and no other, by its root.
    private static let publicationQuery = """
        SELECT p.pubviaroot AND NOT p.puballtables
            AND pg_catalog.array_agg(r.prrelid) = ARRAY[$1::pg_catalog.oid]
        FROM pg_catalog.pg_publication p LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
        WHERE p.pubname = 'brain_runs' GROUP BY p.oid, p.pubviaroot, p.puballtables
        """
}

extension Migration {
    /// How often a lock on the table is tried for 3 s, and so how long writers may wait behind the try.
    private static let tries = 5

    /// Runs statements as one transaction, one migration at a time, again where others hold the table.
    private static func transact(_ statements: [String], on connection: Connection) async throws(MigrationError) {
        for attempt in 1...Self.tries {
            do {
                try await Self.transactOnce(statements, on: connection)
                return
            } catch .locked where attempt < Self.tries {
                try? await Task.sleep(for: .seconds(attempt))
            }
        }
    }

    private static func transactOnce(_ statements: [String], on connection: Connection) async throws(MigrationError) {
        let script =
            [
                "BEGIN", "SET LOCAL lock_timeout TO '3s'",
                "SELECT pg_catalog.pg_advisory_xact_lock(\(BrainTrigger.lockKey + 1))",
            ]
            + statements + ["COMMIT"]
        do {
            try await connection.execute(script.joined(separator: ";\n"), timeout: .seconds(60))
        } catch {
            try? await connection.execute("ROLLBACK", timeout: .seconds(10))
            throw MigrationError(error)
        }
    }
}

extension MigrationError {
    fileprivate init(_ error: PostgresError) {
        switch error {
        case .server("55P03", _, _): self = .locked
        case .server("42501", let message, _): self = .forbidden(message)
        case .server: self = .refused(error.description)
        default: self = .feed(FeedError(error))
        }
    }
}
