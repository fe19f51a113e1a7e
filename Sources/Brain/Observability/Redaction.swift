/// Takes passwords out of connection strings, and out of texts that quote them.
package enum Redaction {
    /// The text with `***` for each password: in a URL's `user:password@`, and as the value of a secret keyword
    /// (`password`, `sslpassword` and their like) in keyword form, quoted or not, or among a URL's parameters.
    ///
    /// Takes too much rather than too little: up to the last `@` of a word that looks like a URL, and to the end of
    /// the text where a quote stays open. Costs time in proportion to the text's length.
    package static func redacted(_ text: String) -> String {
        // Without either there is nothing that could be one.
        guard text.utf8.contains(where: { $0 == .equals || $0 == .at }) else { return text }
        var scan = RedactingScan(text)
        return scan.redacted()
    }
}

/// One pass over the bytes of a text.
private struct RedactingScan {
    private let bytes: [UInt8]
    private var position = 0
    private var result: [UInt8] = []
    /// The end of the word whose last `@` is known and behind, so that no word is searched twice.
    private var searchedTo = 0

    init(_ text: String) {
        self.bytes = Array(text.utf8)
    }

    mutating func redacted() -> String {
        while self.position < self.bytes.count {
            if self.bytes[self.position...].starts(with: "://".utf8) {
                self.passAuthority()
            } else if self.bytes[self.position] == .equals, let form = self.secretForm() {
                self.passSecret(form)
            } else {
                self.keep()
            }
        }
        return String(decoding: self.result, as: UTF8.self)
    }

    private mutating func keep(_ count: Int = 1) {
        self.result += self.bytes[self.position..<min(self.position + count, self.bytes.count)]
        self.position += count
    }

    /// `://user:password@`: the password begins at the first colon and ends at the last `@` of the word.
    private mutating func passAuthority() {
        self.keep(3)
        guard self.position >= self.searchedTo else { return }
        let word = self.bytes[self.position...].prefix { !$0.isSpace }
        self.searchedTo = word.endIndex
        guard let at = word.lastIndex(of: .at), let colon = word[..<at].firstIndex(of: .colon) else { return }
        self.result += self.bytes[self.position...colon] + .stars
        self.position = at
    }

    private enum SecretForm {
        /// `?password=value&…`, up to the next parameter.
        case parameter
        /// `password = value`, up to a space that no backslash and no quotes protect.
        case keyword
    }

    /// How the secret is written whose keyword has just been kept; nil where it is none.
    ///
    /// The secret ones of https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS, and any
    /// name that ends like one.
    private func secretForm() -> SecretForm? {
        let before = self.result[..<(self.result.lastIndex { !$0.isSpace }.map { $0 + 1 } ?? 0)]
        let word = before.suffix(32).reversed().prefix(while: \.isKeyword).reversed().map(\.lowercase)
        let secrets = ["password", "passwd", "secret", "scram_client_key", "scram_server_key"]
        guard secrets.contains(where: { word.ends(with: $0) }) else { return nil }
        let opener = before.dropLast(word.count).last
        return opener == UInt8(ascii: "?") || opener == UInt8(ascii: "&") ? .parameter : .keyword
    }

    private mutating func passSecret(_ form: SecretForm) {
        self.keep()
        switch form {
        case .parameter: self.skip { $0.isSpace || $0 == UInt8(ascii: "&") }
        case .keyword: self.skipKeywordValue()
        }
        self.result += .stars
    }

    private mutating func skipKeywordValue() {
        self.skip { !$0.isSpace }
        guard self.position < self.bytes.count, self.bytes[self.position] == .quote else {
            return self.skip(escapes: true) { $0.isSpace }
        }
        self.position += 1
        self.skip(escapes: true) { $0 == .quote }
        self.position += 1
    }

    /// Goes on to the first byte that ends the value; a backslash protects the byte after it where it `escapes`.
    private mutating func skip(escapes: Bool = false, to isEnd: (UInt8) -> Bool) {
        while self.position < self.bytes.count, !isEnd(self.bytes[self.position]) {
            self.position += escapes && self.bytes[self.position] == UInt8(ascii: "\\") ? 2 : 1
        }
    }
}

extension [UInt8] {
    fileprivate static let stars = Array("***".utf8)

    fileprivate func ends(with text: String) -> Bool {
        self.suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}

extension UInt8 {
    fileprivate static let at = UInt8(ascii: "@")
    fileprivate static let colon = UInt8(ascii: ":")
    fileprivate static let equals = UInt8(ascii: "=")
    fileprivate static let quote = UInt8(ascii: "'")

    fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    fileprivate var isKeyword: Bool {
        (0x61...0x7A).contains(self.lowercase) || self == UInt8(ascii: "_")
    }

    fileprivate var lowercase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
