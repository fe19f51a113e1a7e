/// What a byte is in the grammars of RFC 3986 and RFC 4291.
///
/// These are read byte by byte: a `Character` may be a comma and a combining accent at once, and equal neither.
extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isASCIIHexDigit: Bool {
        self.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }

    var isASCIIAlphanumeric: Bool {
        self.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    /// Whether the byte is one of the characters of an ASCII text.
    func isOne(of characters: StaticString) -> Bool {
        characters.withUTF8Buffer { $0.contains(self) }
    }
}
