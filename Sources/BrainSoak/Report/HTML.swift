/// Pieces of a page.
enum HTML {
    /// Text from outside as a page may hold it, in an attribute too.
    static func text(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.map { index in
            Self.isWithinNumber(index, of: scalars) ? "\u{a0}" : Self.escaped(scalars[index])
        }.joined()
    }

    /// A table that may be scrolled sideways where the screen is narrow.
    ///
    /// - Parameters:
    ///   - head: the columns' names.
    ///   - words: how many columns hold words; those after hold numbers.
    ///   - rows: texts, as yet not escaped.
    /// - Returns: nothing where there are no rows.
    static func table(_ head: [String], words: Int = 1, rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let names = Self.cells(head, "th scope=\"col\"", "th", words)
        let lines = rows.map { "<tr>\(Self.cells($0, "td", "td", words))</tr>" }
        return "<div class=\"wide\"><table>\n<thead><tr>\(names)</tr></thead>\n<tbody>\n"
            + lines.joined(separator: "\n") + "\n</tbody></table></div>"
    }

    /// A heading with what stands below it; nothing where that is nothing.
    static func section(_ title: String, _ content: String) -> String {
        content.isEmpty ? "" : "<section>\n<h2>\(Self.text(title))</h2>\n\(content)\n</section>\n"
    }

    /// Texts one below the other; nothing where there are none.
    static func list(_ texts: [String], class name: String) -> String {
        guard !texts.isEmpty else { return "" }
        return "<ul class=\"\(name)\">\n" + texts.map { "<li>\(Self.text($0))</li>\n" }.joined() + "</ul>"
    }

    /// Whether it is the space between two digits, at which no line may end.
    private static func isWithinNumber(_ index: Int, of scalars: [Unicode.Scalar]) -> Bool {
        guard scalars[index] == " ", index > 0, index + 1 < scalars.count else { return false }
        return [scalars[index - 1], scalars[index + 1]].allSatisfy { ("0"..."9").contains($0) }
    }

    private static func cells(_ texts: [String], _ open: String, _ close: String, _ words: Int) -> String {
        texts.enumerated().map { index, text in
            "<\(open)\(index < words ? "" : " class=\"number\"")>\(Self.text(text))</\(close)>"
        }.joined()
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case "'": "&#39;"
        case "\n", "\t": " "
        // What no page may hold, and what turns the direction of what follows.
        case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}": "\u{fffd}"
        default: String(scalar)
        }
    }
}
