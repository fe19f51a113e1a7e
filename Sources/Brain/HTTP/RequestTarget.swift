import HTTPTypes

/// The path and the query of a request, decoded (RFC 3986 §3.3, §3.4; `+` is a space in a query, as forms send it).
struct RequestTarget: Sendable {
    /// The path's segments; nil where its encoding is broken.
    let segments: [String]?
    /// The path as it was sent, without the query.
    let path: String
    /// Each name's first value.
    let query: [String: String]

    init(_ text: some StringProtocol) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.path = String(parts.first ?? "")
        self.segments = Self.segments(of: self.path)
        self.query = parts.count > 1 ? Self.pairs(of: parts[1]) : [:]
    }

    /// A whole number of the query.
    ///
    /// - Parameters:
    ///   - name: the parameter's.
    ///   - value: where it isn't given.
    ///   - range: what is allowed.
    /// - Returns: the number.
    /// - Throws: a 400 that names what is allowed.
    func number(_ name: String, default value: Int, in range: ClosedRange<Int>) throws(Problem) -> Int {
        guard let text = self.query[name] else { return value }
        guard let number = Int(text), range.contains(number) else {
            let bounds = "from \(range.lowerBound) to \(range.upperBound)"
            throw Problem(.badRequest, "\(name) must be a whole number \(bounds).")
        }
        return number
    }

    private static func segments(of path: String) -> [String]? {
        guard path.first == "/" else { return nil }
        let decoded = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            Self.decoded($0.utf8)
        }
        return decoded.contains(nil) ? nil : decoded.compactMap { $0 }
    }

    private static func pairs(of query: some StringProtocol) -> [String: String] {
        var pairs: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = sides.count > 1 ? sides[1] : ""
            guard let name = Self.decoded(sides[0].utf8), let value = Self.decoded(value.utf8.map(Self.unplussed))
            else { continue }
            pairs[name] = pairs[name] ?? value
        }
        return pairs
    }

    private static func unplussed(_ byte: UInt8) -> UInt8 {
        byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte
    }

    /// Nil for a broken escape, or bytes that aren't UTF-8.
    private static func decoded(_ text: some Sequence<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(Self.digit), let low = iterator.next().flatMap(Self.digit)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8(truncatingIfNeeded: $0) }
    }
}
