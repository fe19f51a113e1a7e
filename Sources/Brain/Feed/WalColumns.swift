import Postgres
import Runs

/// Which values of a streamed row serve as what: by the columns' names, from the newest description in the stream.
struct WalColumns: Sendable {
    /// A text beyond it can't be shown: an error is cut after 64 KiB, so that what is kept of a row is bounded.
    private static let longestError = RunState.longestError + 4

    private struct Place: Sendable {
        let index: Int
        let form: RunsTable.StreamedForm
    }

    private let places: [RunsTable.Field: Place]

    /// Finds the columns; throws `tableChanged` where they aren't those that the table was read with.
    init(_ relation: PgOutputRelation, of table: RunsTable) throws(FeedError) {
        let streamed = Dictionary(relation.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
        var places: [RunsTable.Field: Place] = [:]
        for field in RunsTable.Field.allCases {
            let name = field.candidates.first { streamed[$0] != nil }
            guard name == table.columns[field]?.name else {
                throw .tableChanged
            }
            guard let column = table.columns[field], let index = streamed[column.name] else {
                continue
            }
            guard relation.columns[index].typeOID == column.typeOID else {
                throw .tableChanged
            }
            places[field] = Place(index: index, form: column.streamedForm)
        }
        guard let id = places[.id], relation.columns[id.index].isKey else {
            throw .walUnusable(.idNotInReplicaIdentity)
        }
        self.places = places
    }

    /// The id of a row or of its key; nil where it isn't told.
    func id(_ tuple: PgOutputTuple) -> String? {
        guard case .text(let id) = self.value(.id, of: tuple) else {
            return nil
        }
        return id
    }

    /// A row, whose large id may be told with its old key alone.
    func row(_ tuple: PgOutputTuple, id: String) -> RunRow {
        var row = RunRow(id: id)
        row.status = self.text(.status, .status, of: tuple, &row.unchanged)
        row.progress = self.text(.progress, .progress, of: tuple, &row.unchanged)
        row.taskID = self.text(.taskID, .taskID, of: tuple, &row.unchanged)
        row.agent = self.text(.agent, .agent, of: tuple, &row.unchanged)
        row.startedAt = self.text(.startedAt, .startedAt, of: tuple, &row.unchanged)
        row.completedAt = self.text(.completedAt, .completedAt, of: tuple, &row.unchanged)
        row.error = self.text(.error, .error, of: tuple, &row.unchanged)
        return row
    }

    private func text(
        _ field: RunsTable.Field,
        _ bit: RunFields,
        of tuple: PgOutputTuple,
        _ unchanged: inout RunFields
    ) -> String? {
        switch self.value(field, of: tuple) {
        case .text(let text): return text
        case .null: return nil
        case .unchanged:
            unchanged.insert(bit)
            return nil
        }
    }

    private func value(_ field: RunsTable.Field, of tuple: PgOutputTuple) -> PgOutputValue {
        guard let place = self.places[field] else {
            return .null
        }
        let value = tuple.value(at: place.index, limit: field == .error ? Self.longestError : .max)
        guard place.form != .plain, case .text(let text) = value else {
            return value
        }
        return .text(place.form == .boolean ? Self.word(text) : Self.unpadded(text))
    }

    private static func word(_ boolean: String) -> String {
        boolean == "t" ? "true" : "false"
    }

    /// As the cast from `char(n)` to text does it: spaces alone, and all of them.
    private static func unpadded(_ text: String) -> String {
        var kept = text.unicodeScalars[...]
        while kept.last == " " {
            kept.removeLast()
        }
        return String(kept)
    }
}
