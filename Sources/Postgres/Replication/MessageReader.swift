/// Reads the fields of a message of the server's, big-endian, one after the other; too short a message throws.
struct MessageReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.position == self.bytes.count }

    mutating func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self
    ) throws(PostgresError) -> Integer {
        let field = try self.take(MemoryLayout<Integer>.size)
        return Integer(bigEndian: field.loadUnaligned(as: Integer.self))
    }

    /// The next bytes; of use as long as the message is.
    mutating func take(_ count: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= self.bytes.count - self.position else {
            throw .malformed("a replication message ends too early")
        }
        defer {
            self.position += count
        }
        return UnsafeRawBufferPointer(rebasing: self.bytes[self.position..<self.position + count])
    }

    /// All that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer {
            self.position = self.bytes.count
        }
        return UnsafeRawBufferPointer(rebasing: self.bytes[self.position...])
    }

    /// A text that ends with a NUL.
    mutating func text() throws(PostgresError) -> String {
        let left = self.bytes[self.position...]
        guard let end = left.firstIndex(of: 0) else {
            throw .malformed("a text of a replication message has no end")
        }
        defer {
            self.position = end + 1
        }
        return String(decoding: left[..<end], as: UTF8.self)
    }
}
