/// Numbers as contract §3.1 wants them: decimal, without exponent and without trailing zeros.
package enum DecimalText {
    /// The longest text read and the longest written, in bytes.
    ///
    /// More than a `numeric` needs, which has at most 131 072 digits before its point and 16 383 after it (PostgreSQL's
    /// manual, "Numeric Types").
    private static let longest = 150_000

    /// Turns what PostgreSQL prints for a number of any type into a JSON number.
    ///
    /// `40.00` gives `40`, `1.5e-07` gives `0.00000015`, `-0` gives `0`. Nil for NaN, the infinities, whatever is no
    /// number, and what would be longer than any `numeric`.
    package static func normalized(_ text: String) -> String? {
        if self.isNormal(text) { return text }
        guard text.utf8.count <= self.longest else { return nil }
        var scanner = ByteScanner(text)
        let isNegative = scanner.take("-")
        if !isNegative { _ = scanner.take("+") }
        let whole = Array(scanner.digits())
        let fraction = scanner.take(".") ? Array(scanner.digits()) : []
        guard !whole.isEmpty || !fraction.isEmpty, let exponent = self.exponent(&scanner) else { return nil }
        return self.text(isNegative: isNegative, digits: whole + fraction, point: whole.count + exponent)
    }

    /// Whether it is a whole number without sign and leading zeros: most are, and stay as they are.
    private static func isNormal(_ text: String) -> Bool {
        text.withBytes { bytes in
            (1...18).contains(bytes.count) && (bytes[0] != UInt8(ascii: "0") || bytes.count == 1)
                && bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }

    /// Reads what follows the digits to the end of the text: nothing (0), or `e` and a number cut at a million.
    private static func exponent(_ scanner: inout ByteScanner) -> Int? {
        if scanner.isAtEnd { return 0 }
        guard scanner.take("e") || scanner.take("E") else { return nil }
        let isNegative = scanner.take("-")
        if !isNegative { _ = scanner.take("+") }
        let digits = scanner.digits()
        guard !digits.isEmpty, scanner.isAtEnd else { return nil }
        let value = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1_000_000) }
        return isNegative ? -value : value
    }

    /// Writes digits whose decimal point stands before the one at `point`, which may lie outside of them.
    private static func text(isNegative: Bool, digits: [UInt8], point: Int) -> String? {
        let zero = UInt8(ascii: "0")
        guard let first = digits.firstIndex(where: { $0 != zero }),
            let last = digits.lastIndex(where: { $0 != zero })
        else { return "0" }
        let significant = digits[first...last]
        let position = point - first
        guard max(significant.count, position, significant.count - position) < self.longest else { return nil }
        var bytes = isNegative ? [UInt8(ascii: "-")] : []
        bytes += position > 0 ? significant.prefix(position) : [zero]
        bytes += repeatElement(zero, count: max(0, position - significant.count))
        let fraction = significant.dropFirst(max(0, position))
        if !fraction.isEmpty {
            bytes.append(UInt8(ascii: "."))
            bytes += repeatElement(zero, count: max(0, -position))
            bytes += fraction
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
