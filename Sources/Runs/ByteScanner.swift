/// Reads a text of numbers and marks byte by byte, from outside and of any shape: nothing here can trap.
struct ByteScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    /// Whether all has been read.
    var isAtEnd: Bool { self.position == self.bytes.count }

    /// Steps over `mark` if it comes next.
    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard !self.isAtEnd, UInt32(self.bytes[self.position]) == mark.value else { return false }
        self.position += 1
        return true
    }

    /// The ASCII digits that come next, all of them; may be empty.
    mutating func digits() -> ArraySlice<UInt8> {
        let start = self.position
        while !self.isAtEnd, Self.isDigit(self.bytes[self.position]) { self.position += 1 }
        return self.bytes[start..<self.position]
    }

    /// The value of the next `count` bytes, which must be digits.
    ///
    /// - Parameters:
    ///   - count: How many; at most 18, so that the value fits.
    ///   - range: What the value may be.
    /// - Returns: Nil, and nothing dependable is read, where that isn't so.
    mutating func number(_ count: Int, in range: ClosedRange<Int>) -> Int? {
        guard self.bytes.count - self.position >= count else { return nil }
        var value = 0
        for byte in self.bytes[self.position..<self.position + count] {
            guard Self.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        self.position += count
        return range.contains(value) ? value : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
