/// How the values of a setting are written: what fits, what it becomes, and how a default is shown.
struct ValueKind<Value>: Sendable {
    /// The name of a value in `--help`, such as `number` or `ms`.
    let placeholder: String
    /// What a value has to be, as it goes after "is not".
    let fits: String
    /// Reads a value from its text; nil where it doesn't fit.
    let parse: @Sendable (String) -> Value?
    /// Writes a value as a user would.
    let text: @Sendable (Value) -> String
}

extension ValueKind where Value == Int {
    static func number(_ bounds: ClosedRange<Int>) -> ValueKind {
        let fits = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return ValueKind(placeholder: "number", fits: fits, parse: { decimal($0, in: bounds) }, text: \.description)
    }

    static func bytes(_ bounds: ClosedRange<Int>) -> ValueKind {
        let fits = "a whole number of bytes from \(bounds.lowerBound) to \(bounds.upperBound)"
        return ValueKind(placeholder: "bytes", fits: fits, parse: { decimal($0, in: bounds) }, text: byteText)
    }
}

extension ValueKind where Value == Duration {
    /// Milliseconds, a day at most: longer than that is a slip of the unit.
    static func milliseconds(from least: Int = 1) -> ValueKind {
        let bounds = least...86_400_000
        return ValueKind(
            placeholder: "ms",
            fits: "a whole number of milliseconds from \(bounds.lowerBound) to \(bounds.upperBound)",
            parse: { text in decimal(text, in: bounds).map { .milliseconds($0) } },
            text: { "\(Int($0 / .milliseconds(1)))" }
        )
    }
}

extension ValueKind where Value == Double {
    /// So many a second, in whole numbers: a burst, twice the rate, has to let at least one through.
    static var rate: ValueKind {
        let bounds = 0...1_000_000
        return ValueKind(
            placeholder: "rate",
            fits: "a whole number a second from \(bounds.lowerBound) (no limit) to \(bounds.upperBound)",
            parse: { text in decimal(text, in: bounds).map(Double.init) },
            text: { "\(Int($0))" }
        )
    }
}

extension ValueKind where Value == Bool {
    static var flag: ValueKind {
        let values = ["0": false, "1": true]
        return ValueKind(placeholder: "0|1", fits: "0 or 1", parse: { values[$0] }, text: { $0 ? "1" : "0" })
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    static var choice: ValueKind {
        let words = Value.allCases.map(\.rawValue)
        return ValueKind(
            placeholder: words.joined(separator: "|"),
            fits: "one of " + words.joined(separator: ", "),
            parse: Value.init(rawValue:),
            text: \.rawValue
        )
    }
}

extension ValueKind where Value == CIDR {
    static var range: ValueKind {
        ValueKind(
            placeholder: "range",
            fits: "an address range such as 203.0.113.0/24 or 2001:db8::/32",
            parse: CIDR.init(_:),
            text: { "\($0)" }
        )
    }
}

/// Decimal digits and nothing else: no sign, no space, no other script's digits.
private func decimal(_ text: String, in bounds: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text) else { return nil }
    return bounds.contains(number) ? number : nil
}

private func byteText(_ count: Int) -> String {
    let mebibyte = 1 << 20
    return count >= mebibyte && count.isMultiple(of: mebibyte) ? "\(count) (\(count / mebibyte) MiB)" : "\(count)"
}
