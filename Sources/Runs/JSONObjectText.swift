/// Writes one JSON object, key by key; a value that is nil leaves its key out.
struct JSONObjectText {
    private var bytes: [UInt8]

    init() {
        self.bytes = []
        self.bytes.reserveCapacity(256)
        self.bytes.append(UInt8(ascii: "{"))
    }

    /// Adds a string, escaped.
    mutating func add(_ key: String, text: String?) {
        guard let text else { return }
        self.begin(key)
        JSONText.append(text, to: &self.bytes)
    }

    /// Adds a value that is JSON already.
    mutating func add(_ key: String, json: String?) {
        guard let json else { return }
        self.begin(key)
        self.bytes.append(contentsOf: json.utf8)
    }

    /// The whole object, in a string that holds no more memory than it needs.
    consuming func finished() -> String {
        self.bytes.append(UInt8(ascii: "}"))
        return String(decoding: self.bytes, as: UTF8.self)
    }

    private mutating func begin(_ key: String) {
        if self.bytes.count > 1 { self.bytes.append(UInt8(ascii: ",")) }
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: key.utf8)
        self.bytes.append(contentsOf: "\":".utf8)
    }
}
