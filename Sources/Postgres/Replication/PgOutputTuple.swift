/// The values of one row in a stream; a text is made when it is asked for.
package struct PgOutputTuple: Sendable, Equatable {
    /// How many values there are.
    package var count: Int { self.places.count }

    private let bytes: [UInt8]
    private let places: [Place]

    /// Where a value's bytes are; a negative length stands for one without.
    private struct Place: Sendable, Equatable {
        var start: Int32
        var length: Int32

        static let null = Place(start: 0, length: -1)
        static let unchanged = Place(start: 0, length: -2)
    }

    init(_ reader: inout MessageReader) throws(PostgresError) {
        let count: Int16 = try reader.integer()
        var bytes: [UInt8] = []
        var places: [Place] = []
        places.reserveCapacity(Int(max(0, count)))
        for _ in 0..<max(0, count) {
            switch try reader.integer(UInt8.self) {
            case UInt8(ascii: "n"): places.append(.null)
            case UInt8(ascii: "u"): places.append(.unchanged)
            case UInt8(ascii: "t"): places.append(try Self.text(&reader, into: &bytes))
            case let kind: throw .malformed("a value of kind \(kind)")
            }
        }
        self.bytes = bytes
        self.places = places
    }

    private static func text(_ reader: inout MessageReader, into bytes: inout [UInt8]) throws(PostgresError) -> Place {
        let length: Int32 = try reader.integer()
        let text = try reader.take(Int(length))
        // The server's messages are below 1 GiB, so that places fit.
        guard let start = Int32(exactly: bytes.count) else {
            throw .malformed("a row of over 2 GiB")
        }
        bytes.append(contentsOf: text)
        return Place(start: start, length: length)
    }

    /// A value.
    ///
    /// - Parameters:
    ///   - index: the column's place in the ``PgOutputRelation``; nil, or one that isn't there, is NULL.
    ///   - limit: bytes of a text, at most; a longer one is cut, perhaps within a character.
    /// - Returns: the value; bytes that are no UTF-8 are replaced by U+FFFD.
    package func value(at index: Int?, limit: Int = .max) -> PgOutputValue {
        guard let index, self.places.indices.contains(index) else {
            return .null
        }
        let place = self.places[index]
        guard place.length >= 0 else {
            return place == .unchanged ? .unchanged : .null
        }
        let start = Int(place.start)
        return .text(String(decoding: self.bytes[start..<start + min(Int(place.length), limit)], as: UTF8.self))
    }
}

/// A value of a row in a stream.
package enum PgOutputValue: Sendable, Equatable {
    /// NULL, or not told, as what isn't the key of a removed row.
    case null
    /// As it was before: a large value that an UPDATE didn't touch isn't in the log (TOAST).
    case unchanged
    /// As the type's output function prints it.
    case text(String)
}
