/// A ping in a text message, for clients that can't send a ping frame: `{"event":"ping"}` or `{"type":"ping"}`.
///
/// Any JSON object of at most 256 bytes counts whose top level has the string `ping` under one of the two names, the
/// first of them if both. Nothing else of the text is judged: other keys are skipped, not parsed.
struct ApplicationPing: Equatable {
    static let maximumBytes = 256

    /// Whether the name was `event`; else it was `type`.
    let isEvent: Bool

    /// The ping that `text` is, or nil: an ordinary message.
    init?(_ text: [UInt8]) {
        guard text.count <= Self.maximumBytes else { return nil }
        var scanner = ObjectScanner(rest: text[...])
        guard let name = scanner.firstName(of: "ping", among: ["event", "type"]) else { return nil }
        self.isEvent = name == "event"
    }
}

/// Walks through the top level of one JSON object.
private struct ObjectScanner {
    var rest: ArraySlice<UInt8>

    /// The first of `names` whose value is the string `value`; nil where there is none or the text is no object.
    mutating func firstName(of value: String, among names: [String]) -> String? {
        guard self.take("{") else { return nil }
        var found: String?
        repeat {
            guard let key = self.string(), self.take(":") else { return nil }
            guard let text = self.string() else {
                self.skipValue()
                continue
            }
            guard found == nil, text.elementsEqual(value.utf8) else { continue }
            found = names.first { key.elementsEqual($0.utf8) }
        } while self.take(",")
        guard self.take("}") else { return nil }
        self.skipSpace()
        return self.rest.isEmpty ? found : nil
    }

    private mutating func skipSpace() {
        self.rest = self.rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        self.skipSpace()
        guard let byte = self.rest.first, Unicode.Scalar(byte) == character else { return false }
        self.rest = self.rest.dropFirst()
        return true
    }

    /// The raw bytes between the quotes of the string that comes next; nil, and nothing taken, where none does.
    private mutating func string() -> ArraySlice<UInt8>? {
        let before = self.rest
        guard self.take("\"") else { return nil }
        var isEscaped = false
        let end = self.rest.firstIndex { byte in
            defer { isEscaped = !isEscaped && byte == UInt8(ascii: "\\") }
            return byte == UInt8(ascii: "\"") && !isEscaped
        }
        guard let end else {
            self.rest = before
            return nil
        }
        defer { self.rest = self.rest[(end + 1)...] }
        return self.rest[..<end]
    }

    /// Skips a number, a literal, an array or an object, up to the comma or brace that follows it.
    private mutating func skipValue() {
        var depth = 0
        while let byte = self.rest.first {
            switch Unicode.Scalar(byte) {
            case "\"":
                guard self.string() == nil else { continue }
            case "{", "[": depth += 1
            case "}", "]", ",":
                guard depth > 0 else { return }
                depth -= byte == UInt8(ascii: ",") ? 0 : 1
            default: break
            }
            self.rest = self.rest.dropFirst()
        }
    }
}
