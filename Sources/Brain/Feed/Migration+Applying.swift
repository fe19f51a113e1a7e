package import Postgres

extension Migration {
    /// Makes a database ready, as far as it isn't yet.
    ///
    /// - Parameters:
    ///   - connection: a session of ``FeedSession``, as the role that is to own what is made.
    ///   - needs: what is to be there; what else Brain's is there is taken out.
    ///   - samples: whether a table that is made begins with ``SampleRuns``.
    ///   - announce: is told what is about to be done, and what needn't be, a line each.
    /// - Returns: whether anything was changed.
    /// - Throws: what stopped it.
    @discardableResult
    package static func apply(
        on connection: Connection,
        for needs: CaptureNeeds = .everything,
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
        let triggered =
            needs.trigger
            ? try await Self.applyTrigger(table, on: connection, announce)
            : try await Self.removeTrigger(table, on: connection, announce)
        let published = try await Self.applyPublication(table, isNeeded: needs.publication, on: connection, announce)
        changed = changed || triggered || published
        if !changed {
            announce("nothing to do: everything is in place")
        }
        return changed
    }

    /// Takes out what ``apply(on:for:samples:announce:)`` put in, but the table.
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

    /// Takes no lock where there is nothing.
    private static func removeTrigger(
        _ table: RunsTable,
        on connection: Connection,
        _ announce: (String) -> Void
    ) async throws(MigrationError) -> Bool {
        let hasTrigger = try await Self.asking { () throws(PostgresError) in
            try await TriggerState.isThere(on: table, connection)
        }
        guard hasTrigger else {
            return false
        }
        announce("removing the trigger function and the triggers: the capture asked for needs none")
        try await Self.transact(Self.triggerRemoval(table), on: connection)
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
        isNeeded: Bool,
        on connection: Connection,
        _ announce: (String) -> Void
    ) async throws(MigrationError) -> Bool {
        let rows = try await Self.asking { () throws(PostgresError) in
            let query = Self.publicationQuery(version: connection.serverVersion)
            return try await connection.query(query, [table.oid], timeout: .seconds(10))
        }
        let drop = rows.count > 0 ? ["DROP PUBLICATION brain_runs"] : []
        let isToBe = isNeeded && table.isPublishable
        guard isToBe ? rows[0, 0] != "t" : !drop.isEmpty else {
            if isNeeded, !isToBe {
                announce("no publication: without a replica identity on runs it would refuse UPDATE")
            }
            return false
        }
        announce(isToBe ? "making the publication brain_runs" : "removing the publication brain_runs")
        do {
            try await Self.transact(drop + (isToBe ? Self.publicationStatements(table) : []), on: connection)
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

    /// Whether the publication publishes this table whole, and no other, by its root: what ``WalReadiness`` asks for, and
    /// no more.
    private static func publicationQuery(version: Int32) -> String {
        """
        SELECT NOT p.puballtables AND pg_catalog.bool_and(r.prrelid = $1::pg_catalog.oid AND \(WalReadiness.isWhole(version)))
        FROM pg_catalog.pg_publication p LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
        WHERE p.pubname = '\(Self.publication)' GROUP BY p.oid, p.puballtables
        """
    }
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
