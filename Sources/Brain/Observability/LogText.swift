/// Text from outside, made fit to be shown: short, on one line, without passwords and without power over a terminal.
package enum LogText {
    /// The most bytes of a text that are shown; what goes beyond is replaced by `…`.
    package static let limitBytes = 256

    /// The text without passwords, cut at 256 bytes at a character, its control characters escaped.
    package static func shown(_ text: String) -> String {
        escaped(cut(Redaction.redacted(text)))
    }

    /// The text in double quotes, as JSON has it (RFC 8259 §7), with every control character escaped.
    static func quoted(_ text: String) -> String {
        "\"\(escaped(text, isQuoted: true))\""
    }

    /// The longest beginning that takes no more than `limit` bytes, and `…` where that isn't all.
    static func cut(_ text: String, limit: Int = limitBytes) -> String {
        guard text.utf8.count > limit else { return text }
        var length = 0
        let kept = text.unicodeScalars.prefix { scalar in
            length += UTF8.width(scalar)
            return length <= limit
        }
        return String(kept) + "…"
    }

    /// Control characters in JSON's escapes; quotes and backslashes too where the text goes between quotes.
    static func escaped(_ text: String, isQuoted: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where isQuoted: result += "\\\""
            case "\\" where isQuoted: result += "\\\\"
            case _ where isControl(scalar): result += hexadecimal(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// C0, DEL and C1, the line separators, and what turns the direction of writing (Unicode TR 36, §2.5): with any
    /// of them a text could forge a line or hide a part of one.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
