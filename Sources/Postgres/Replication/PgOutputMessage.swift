/// One message of the output plugin pgoutput, protocol version 1 with values as text (PostgreSQL manual, 55.9 "Logical
/// Replication Message Formats").
package enum PgOutputMessage: Sendable, Equatable {
    /// A transaction that has committed begins.
    case begin
    /// It is over; the next one begins in the log at `end` or later.
    case commit(end: LogPosition)
    /// What a table looks like, before its first row and after each change of it.
    case relation(PgOutputRelation)
    /// A row that wasn't there.
    case insert(relation: UInt32, new: PgOutputTuple)
    /// A row that was there: `old` holds its former key, or all of it, where the key changed or the replica identity is
    /// FULL.
    case update(relation: UInt32, old: PgOutputTuple?, new: PgOutputTuple)
    /// A row that is gone, of which `old` holds the key, or all.
    case delete(relation: UInt32, old: PgOutputTuple)
    /// Tables that are empty now.
    case truncate(relations: [UInt32])
    /// A type's name or a transaction's origin: of no use here.
    case other

    init(_ reader: inout MessageReader) throws(PostgresError) {
        switch try reader.integer(UInt8.self) {
        case UInt8(ascii: "B"):
            // Where it ends in the log, when, and its number.
            _ = try reader.take(20)
            self = .begin
        case UInt8(ascii: "C"): self = try Self.commit(&reader)
        case UInt8(ascii: "R"): self = .relation(try PgOutputRelation(&reader))
        case UInt8(ascii: "I"): self = try Self.insert(&reader)
        case UInt8(ascii: "U"): self = try Self.update(&reader)
        case UInt8(ascii: "D"): self = try Self.delete(&reader)
        case UInt8(ascii: "T"): self = try Self.truncate(&reader)
        case UInt8(ascii: "O"), UInt8(ascii: "Y"), UInt8(ascii: "M"):
            _ = reader.rest()
            self = .other
        case let other: throw .malformed("a message of pgoutput of kind \(other)")
        }
    }

    private static func commit(_ reader: inout MessageReader) throws(PostgresError) -> PgOutputMessage {
        // Flags, of which none is defined, and where the commit stands.
        _ = try reader.take(9)
        let end = LogPosition(offset: try reader.integer())
        _ = try reader.take(8)
        return .commit(end: end)
    }

    private static func insert(_ reader: inout MessageReader) throws(PostgresError) -> PgOutputMessage {
        let relation: UInt32 = try reader.integer()
        return .insert(relation: relation, new: try Self.newTuple(&reader, try reader.integer()))
    }

    private static func update(_ reader: inout MessageReader) throws(PostgresError) -> PgOutputMessage {
        let relation: UInt32 = try reader.integer()
        let kind: UInt8 = try reader.integer()
        guard kind == UInt8(ascii: "K") || kind == UInt8(ascii: "O") else {
            return .update(relation: relation, old: nil, new: try Self.newTuple(&reader, kind))
        }
        let old = try PgOutputTuple(&reader)
        return .update(relation: relation, old: old, new: try Self.newTuple(&reader, try reader.integer()))
    }

    private static func delete(_ reader: inout MessageReader) throws(PostgresError) -> PgOutputMessage {
        let relation: UInt32 = try reader.integer()
        let kind: UInt8 = try reader.integer()
        guard kind == UInt8(ascii: "K") || kind == UInt8(ascii: "O") else {
            throw .malformed("a removed row of kind \(kind)")
        }
        return .delete(relation: relation, old: try PgOutputTuple(&reader))
    }

    private static func truncate(_ reader: inout MessageReader) throws(PostgresError) -> PgOutputMessage {
        let count: Int32 = try reader.integer()
        _ = try reader.take(1)
        var relations: [UInt32] = []
        for _ in 0..<max(0, count) {
            relations.append(try reader.integer())
        }
        return .truncate(relations: relations)
    }

    private static func newTuple(
        _ reader: inout MessageReader,
        _ kind: UInt8
    ) throws(PostgresError) -> PgOutputTuple {
        guard kind == UInt8(ascii: "N") else {
            throw .malformed("a row of kind \(kind)")
        }
        return try PgOutputTuple(&reader)
    }
}

/// A table as the stream describes it: rows that follow have its columns in this order.
package struct PgOutputRelation: Sendable, Equatable {
    /// A column that is published.
    package struct Column: Sendable, Equatable {
        /// The name, not quoted.
        package let name: String
        /// The object identifier of its type.
        package let typeOID: UInt32
        /// Whether it belongs to the replica identity, so that removed rows are told with it.
        package let isKey: Bool
    }

    /// The table's object identifier.
    package let oid: UInt32
    /// Its columns in order, without those that are not published, such as generated ones.
    package let columns: [Column]

    init(_ reader: inout MessageReader) throws(PostgresError) {
        self.oid = try reader.integer()
        _ = try reader.text()
        _ = try reader.text()
        // The replica identity's setting: what counts is which columns are keys.
        _ = try reader.take(1)
        let count: Int16 = try reader.integer()
        var columns: [Column] = []
        for _ in 0..<max(0, count) {
            let flags: UInt8 = try reader.integer()
            let name = try reader.text()
            let type: UInt32 = try reader.integer()
            _ = try reader.take(4)
            columns.append(Column(name: name, typeOID: type, isKey: flags & 1 != 0))
        }
        self.columns = columns
    }
}
