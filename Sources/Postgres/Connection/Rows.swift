import CLibPQ

/// What a statement returned, in text format: rows and columns counted from 0.
///
/// The whole result is held in memory, as libpq received it, until the last copy is gone; nothing bounds it, so fetch
/// what may be big by a cursor. Texts are made when they are asked for.
package struct Rows: Sendable {
    /// The columns' names in order; empty for a statement that returns no rows.
    package let columns: [String]
    /// How many rows there are.
    package let count: Int
    /// How many rows the statement read, inserted, changed or removed; 0 for one that counts none.
    package let affected: Int

    private let result: QueryResult

    init(_ result: QueryResult) {
        self.result = result
        self.columns = (0..<result.columnCount).map(result.columnName)
        self.count = Int(result.rowCount)
        self.affected = result.affected
    }

    /// The text of one value; nil for NULL, and for a row or column that isn't there.
    ///
    /// Bytes that are no UTF-8, which only a database in SQL_ASCII sends, are replaced by U+FFFD.
    package subscript(row: Int, column: Int) -> String? {
        guard (0..<self.count).contains(row), self.columns.indices.contains(column) else {
            return nil
        }
        return self.result.text(row: Int32(row), column: Int32(column))
    }
}
