import FoundationEssentials

/// Where a page of runs ends and the next begins; opaque to clients.
package struct RunCursor: Sendable, Equatable {
    /// The last run's time as PostgreSQL prints it, in full precision; nil where it has none.
    let startedAt: String?
    /// The last run's id.
    let id: String

    init(startedAt: String?, id: String) {
        self.startedAt = startedAt
        self.id = id
    }

    /// Reads what ``text`` made; nil for anything else.
    package init?(_ text: String) {
        var base64 = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        base64 += Array(repeating: "=", count: (4 - base64.count % 4) % 4)
        guard let data = Data(base64Encoded: String(base64)),
            let parts = try? JSONDecoder().decode([String?].self, from: data),
            parts.count == 2, let id = parts[1]
        else {
            return nil
        }
        self.init(startedAt: parts[0], id: id)
    }

    /// Letters, digits, `-` and `_` (RFC 4648 §5, without padding).
    package var text: String {
        let data = (try? JSONEncoder().encode([self.startedAt, self.id])) ?? Data()
        return String(
            data.base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }
}
