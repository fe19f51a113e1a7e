import Runs

/// The table `runs` as one database has it, read from its catalog: Brain adapts to it and alters nothing (contract §6).
package struct RunsTable: Sendable, Equatable {
    /// What a column serves as; the order is that of ``RunRow``.
    package enum Field: String, Sendable, CaseIterable {
        case id
        case status
        case progress
        case taskID = "task_id"
        case agent
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case error

        /// The columns that may serve, the first that is there wins.
        var candidates: [String] {
            switch self {
            case .completedAt: ["completed_at", "ended_at", "finished_at"]
            case .error: ["error", "error_message"]
            default: [self.rawValue]
            }
        }
    }

    /// A column as the catalog has it.
    package struct Column: Sendable, Equatable {
        /// The name, not quoted.
        package let name: String
        /// The type without its modifier, ready to be cast to: `bpchar`, never `character`, which would cut.
        package let type: String
        /// Whether an INSERT may leave it out and still gets a value: a default or an identity.
        package let hasDefault: Bool
        /// The type's object identifier; 0 before the table is there.
        var typeOID: UInt32 = 0
        /// What becomes of a value's text in a stream.
        var streamedForm = StreamedForm.plain
    }

    /// How the text of a value in a stream, which the type's output function prints, differs from the cast to text.
    package enum StreamedForm: String, Sendable, Equatable {
        /// It doesn't.
        case plain
        /// Spaces at the end fill `char(n)`.
        case padded
        /// `t` and `f`.
        case boolean
        /// In a way that only the server knows, as for `inet`.
        case other
        /// The column isn't streamed: PostgreSQL before 18 doesn't publish what is generated.
        case generated
    }

    /// The table's object identifier: another table of the same name has another.
    package let oid: String
    /// The table's quoted name with its schema: `"public"."runs"`.
    package let name: String
    /// Whether rows live in partitions.
    package let isPartitioned: Bool
    /// Whether a publication would let UPDATE and DELETE pass, now and later: a permanent table without children by
    /// inheritance, and a usable replica identity, in each of its partitions too.
    package let isPublishable: Bool
    /// Whether a removed row, or one whose id changes, is streamed with its id: it belongs to the replica identity, in
    /// each partition too.
    let isIDInReplicaIdentity: Bool
    /// The files of a partitioned table's partitions; empty for an ordinary table.
    ///
    /// Others where a partition was attached, detached or truncated, which no stream tells.
    let partitionFiles: String
    /// Whether row security hides rows from Brain's role, which a stream doesn't.
    let hidesRows: Bool
    /// The columns that serve, without those that are missing.
    package let columns: [Field: Column]
    /// Whether there is a column `updated_at` of a time type, which a write through the API sets.
    package let hasUpdatedAt: Bool

    /// Puts a name into double quotes (PostgreSQL manual, 4.1.1).
    static func quoted(_ name: String) -> String {
        var quoted = "\""
        for character in name.unicodeScalars {
            quoted.unicodeScalars.append(character)
            if character == "\"" {
                quoted.append("\"")
            }
        }
        return quoted + "\""
    }
}

/// Why a database's `runs` can't be read.
///
/// Each says what to do.
package enum RunsTableError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing of that name is on the search path.
    case tableMissing
    /// It is a view, a foreign table or another thing without rows of its own.
    case notATable(kind: String)
    /// A column without which there is no run.
    case columnMissing(String)
    /// The role may not read it (42501).
    case notReadable(String)

    /// One line with the remedy.
    package var description: String {
        switch self {
        case .tableMissing:
            "there is no table runs on the search path: `brain migrate` makes one"
        case .notATable(let kind):
            "runs is a \(kind), whose changes can't be followed: name the database or search_path that has the table"
        case .columnMissing(let column):
            "the table runs has no column \(column): rename it, or let `brain migrate` make a table elsewhere"
        case .notReadable(let message):
            "the table runs can't be read: GRANT SELECT on it to Brain's role (\(message))"
        }
    }
}
