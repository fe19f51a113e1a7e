/// Tells, byte by byte, whether a text that comes in pieces is UTF-8 (Unicode 16.0, table 3-7).
///
/// It keeps no text, so that a fragmented message costs the same few bytes whatever its size.
struct UTF8Validator: Sendable {
    private var continuationsDue: UInt8 = 0
    private var next: ClosedRange<UInt8> = Self.anyContinuation

    private static let anyContinuation: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether the text so far ends at the end of a character.
    var isComplete: Bool { self.continuationsDue == 0 }

    /// Whether the text may still become UTF-8 with these bytes at its end; after a `false` it never will.
    mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { self.accept($0) }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard self.isComplete else {
            defer { self.expect(self.continuationsDue - 1) }
            return self.next.contains(byte)
        }
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: self.expect(1)
        case 0xE0: self.expect(2, first: 0xA0...0xBF)  // 0x80 to 0x9F: overlong
        case 0xED: self.expect(2, first: 0x80...0x9F)  // 0xA0 to 0xBF: surrogates
        case 0xE1...0xEF: self.expect(2)
        case 0xF0: self.expect(3, first: 0x90...0xBF)  // 0x80 to 0x8F: overlong
        case 0xF4: self.expect(3, first: 0x80...0x8F)  // from 0x90: beyond U+10FFFF
        case 0xF1...0xF3: self.expect(3)
        default: return false
        }
        return true
    }

    private mutating func expect(_ continuations: UInt8, first: ClosedRange<UInt8> = anyContinuation) {
        self.continuationsDue = continuations
        self.next = first
    }
}
