import Postgres

/// What `brain migrate` does: as SQL to read, or done to a database.
///
/// A second run finds everything in place and takes no lock of the table.
package enum Migration {
    /// The name of the publication that `wal` reads.
    static let publication = "brain_runs"

    /// What one has to know before the trigger is put in.
    package static let exceptions = [
        "While a Brain captures by notify, a transaction that changed runs can't be prepared (PREPARE TRANSACTION).",
        "While a Brain captures by notify, a COMMIT that changed runs obeys the writer's lock_timeout.",
    ]

    /// Everything that `brain migrate` would put into a database that has nothing of Brain's, in order.
    ///
    /// - Parameters:
    ///   - table: the table that is adopted; nil where there is none, and one is made.
    ///   - needs: what is to be put in.
    /// - Returns: statements without a closing semicolon.
    package static func script(table: RunsTable?, for needs: CaptureNeeds = .everything) -> [String] {
        let made = table == nil ? [RunsTable.definition] : []
        let table = table ?? .own
        return made + (needs.trigger ? Self.functionStatements(table) + BrainTrigger(table).triggers : [])
            + (needs.publication ? Self.publicationStatements(table) : [])
    }

    /// What takes everything out again but the table and its rows.
    ///
    /// - Parameter table: the table, nil where there is none.
    /// - Returns: statements without a closing semicolon.
    package static func removal(table: RunsTable?) -> [String] {
        Self.triggerRemoval(table) + ["DROP PUBLICATION IF EXISTS \(Self.publication)"]
    }

    static func triggerRemoval(_ table: RunsTable?) -> [String] {
        let triggers = table.map { table in
            BrainTrigger.names.map { "DROP TRIGGER IF EXISTS \($0) ON \(table.name)" }
        }
        return (triggers ?? []) + ["DROP FUNCTION IF EXISTS brain.run_changed()", Self.schemaRemoval]
    }

    /// The schema may hold what is somebody else's, even `runs`: then it stays.
    private static let schemaRemoval = """
        DO $brain$ BEGIN
            DROP SCHEMA IF EXISTS brain;
        EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
        END $brain$
        """

    static func functionStatements(_ table: RunsTable, hasSchema: Bool = false) -> [String] {
        let trigger = BrainTrigger(table)
        return (hasSchema ? [] : ["CREATE SCHEMA IF NOT EXISTS brain"]) + [trigger.function, trigger.comment]
    }

    /// None for a table without a replica identity, whose UPDATEs a publication would refuse; never a row filter or a
    /// column list, which could do the same.
    static func publicationStatements(_ table: RunsTable) -> [String] {
        guard table.isPublishable else {
            return []
        }
        return ["CREATE PUBLICATION brain_runs FOR TABLE \(table.name) WITH (publish_via_partition_root = true)"]
    }
}

/// Why a migration stopped.
///
/// What was done before it stays; a later run goes on from there.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The table doesn't serve, or the connection failed.
    case feed(FeedError)
    /// The role lacks a right.
    case forbidden(String)
    /// Others held the table, try after try.
    case locked
    /// The server refused a statement.
    case refused(String)

    /// One line with the remedy.
    package var description: String {
        switch self {
        case .feed(let error): error.description
        case .forbidden(let message): "the role lacks a right: \(message); run `brain migrate` as the table's owner"
        case .locked: "others hold a lock on runs: run `brain migrate` again when long transactions have ended"
        case .refused(let message): "the database refused: \(message)"
        }
    }
}
