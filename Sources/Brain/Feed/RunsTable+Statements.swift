extension RunsTable {
    /// The columns of a ``RunRow`` in its order, each as text; NULL for one that the table lacks.
    ///
    /// An error is cut where nothing behind it can be shown (64 KiB, contract §3.1), so that a row's size is bounded.
    package var selectList: String {
        Field.allCases.map(self.selected).joined(separator: ", ")
    }

    private func selected(_ field: Field) -> String {
        guard let column = self.columns[field] else {
            return "NULL::text"
        }
        let text = "\(Self.quoted(column.name))::text"
        return field == .error ? "pg_catalog.left(\(text), 65537)" : text
    }

    /// The rows of some ids.
    ///
    /// The parameter `$1`, an array as text, is cast, never the column: an index can serve.
    package var selectByIDs: String {
        "SELECT \(self.selectList) FROM \(self.name) WHERE \(self.idColumn) = ANY($1::\(self.idType)[])"
    }

    /// Everything, for a cursor.
    package var selectAll: String {
        "SELECT \(self.selectList) FROM \(self.name)"
    }

    /// The rows that a transaction may have written since the snapshot whose xmin is the literal `since`, for a cursor.
    ///
    /// What is below that xmin had ended then; all else is looked at again. `pg_visible_in_snapshot` would be wrong for
    /// subtransactions. A negative age is a row frozen two billion transactions ago.
    package func selectWritten(since: TransactionID) -> String {
        let condition = "pg_catalog.age(xmin) <= pg_catalog.age('\(since)'::pg_catalog.xid)"
        return "\(self.selectAll) WHERE \(condition) AND pg_catalog.age(xmin) >= 0"
    }

    /// One statement that reads the next xmin to look from (first column) and what was written since the last one, at
    /// most `limit` rows; one row of NULLs but for the first column where nothing was.
    package func sweep(since: TransactionID, limit: Int) -> String {
        """
        SELECT s.w, r.* FROM (SELECT \(Self.snapshotXmin) AS w) s \
        LEFT JOIN (\(self.selectWritten(since: since)) LIMIT \(limit)) r ON true
        """
    }

    /// The xmin of the statement's snapshot as text.
    static let snapshotXmin = "pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.xid::text"

    /// The quoted id column.
    var idColumn: String { self.columns[.id].map { Self.quoted($0.name) } ?? "\"id\"" }

    /// The id's type, to cast a parameter to.
    var idType: String { self.columns[.id]?.type ?? "text" }

    /// Texts as an array literal (PostgreSQL manual, 8.15.2), for one parameter.
    static func arrayLiteral(_ texts: some Sequence<String>) -> String {
        var literal = "{"
        for text in texts {
            literal += literal.utf8.count > 1 ? ",\"" : "\""
            for scalar in text.unicodeScalars {
                if scalar == "\"" || scalar == "\\" {
                    literal += "\\"
                }
                literal.unicodeScalars.append(scalar)
            }
            literal += "\""
        }
        return literal + "}"
    }
}

/// A transaction's number as the server prints an `xid`, checked, so that it can stand in a statement.
package struct TransactionID: Sendable, Equatable, CustomStringConvertible {
    private let number: UInt32

    /// Nil for anything but a number of 32 bits.
    package init?(_ text: String?) {
        guard let number = text.flatMap({ UInt32($0) }) else {
            return nil
        }
        self.number = number
    }

    /// Decimal digits.
    package var description: String { String(self.number) }
}
