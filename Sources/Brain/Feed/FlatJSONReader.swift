/// The reader behind ``FlatJSON``: one pass over bytes that are valid UTF-8.
struct FlatJSONReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole text as one object.
    mutating func document() throws(FlatJSON.Fault) -> [FlatJSON.Member] {
        self.skipSpace()
        guard self.next == UInt8(ascii: "{") else {
            throw self.bytes.isEmpty ? .syntax(at: 0) : .notAnObject
        }
        self.position += 1
        let members = try self.members()
        self.skipSpace()
        guard self.next == nil else {
            throw .syntax(at: self.position)
        }
        return members
    }

    private mutating func members() throws(FlatJSON.Fault) -> [FlatJSON.Member] {
        var members: [FlatJSON.Member] = []
        self.skipSpace()
        if self.take("}") {
            return members
        }
        while true {
            self.skipSpace()
            let name = try self.text()
            self.skipSpace()
            try self.expect(":")
            self.skipSpace()
            members.append(FlatJSON.Member(name: name, value: try self.value(of: name)))
            self.skipSpace()
            if self.take("}") {
                return members
            }
            try self.expect(",")
        }
    }

    private mutating func value(of name: String) throws(FlatJSON.Fault) -> FlatJSON.Value {
        switch self.next {
        case UInt8(ascii: "\""): return .text(try self.text())
        case UInt8(ascii: "{"), UInt8(ascii: "["): throw .nested(name: name)
        case UInt8(ascii: "n"): return try self.word("null", .null)
        case UInt8(ascii: "t"): return try self.word("true", .other)
        case UInt8(ascii: "f"): return try self.word("false", .other)
        default: return .number(try self.number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: FlatJSON.Value) throws(FlatJSON.Fault) -> FlatJSON.Value {
        let expected = word.withUTF8Buffer { Array($0) }
        guard self.bytes[self.position...].starts(with: expected) else {
            throw .syntax(at: self.position)
        }
        self.position += expected.count
        return value
    }
}

extension FlatJSONReader {
    /// RFC 8259 §6: no leading zero, digits on both sides of the point.
    private mutating func number() throws(FlatJSON.Fault) -> String {
        let start = self.position
        _ = self.take("-")
        if !self.take("0") {
            try self.digits()
        }
        if self.take(".") {
            try self.digits()
        }
        if self.take("e") || self.take("E") {
            _ = self.take("+") || self.take("-")
            try self.digits()
        }
        return String(decoding: self.bytes[start..<self.position], as: UTF8.self)
    }

    private mutating func digits() throws(FlatJSON.Fault) {
        let start = self.position
        while let byte = self.next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            self.position += 1
        }
        guard self.position > start else {
            throw .syntax(at: self.position)
        }
    }

    /// RFC 8259 §7.
    private mutating func text() throws(FlatJSON.Fault) -> String {
        try self.expect("\"")
        var content: [UInt8] = []
        while let byte = self.next {
            self.position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"): content.append(contentsOf: try self.escaped())
            case 0..<0x20: throw .syntax(at: self.position - 1)
            default: content.append(byte)
            }
        }
        throw .syntax(at: self.position)
    }

    private mutating func escaped() throws(FlatJSON.Fault) -> [UInt8] {
        guard let byte = self.next else {
            throw .syntax(at: self.position)
        }
        self.position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try self.scalar()).utf8)
        default: throw .syntax(at: self.position - 1)
        }
    }

    /// One escaped character, of two halves above U+FFFF; a lone half is no character, and refused.
    private mutating func scalar() throws(FlatJSON.Fault) -> Character {
        let start = self.position
        var code = try self.fourDigits()
        if (0xD800..<0xDC00).contains(code), self.take("\\"), self.take("u") {
            let low = try self.fourDigits()
            code = (0xDC00..<0xE000).contains(low) ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xD800
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw .syntax(at: start)
        }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(FlatJSON.Fault) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = self.next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw .syntax(at: self.position)
            }
            code = code * 16 + UInt32(digit)
            self.position += 1
        }
        return code
    }
}

extension FlatJSONReader {
    private var next: UInt8? {
        self.position < self.bytes.count ? self.bytes[self.position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard self.next == UInt8(ascii: character) else {
            return false
        }
        self.position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(FlatJSON.Fault) {
        guard self.take(character) else {
            throw .syntax(at: self.position)
        }
    }

    private mutating func skipSpace() {
        while let byte = self.next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
            self.position += 1
        }
    }
}
