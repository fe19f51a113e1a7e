import Foundation

/// Numbers as people read them.
enum Figure {
    /// What stands for a value that isn't there, or is no number.
    static let none = "–"

    /// Thousands apart: `198 740`.
    static func number(_ value: Int) -> String {
        (value < 0 ? "-" : "") + Self.grouped(String(value.magnitude))
    }

    /// With so many digits behind the point, thousands apart.
    static func number(_ value: Double?, digits: Int = 0) -> String {
        guard let value, value.isFinite else { return Self.none }
        let text = String(format: "%.\(max(0, digits))f", abs(value))
        let parts = text.split(separator: ".", maxSplits: 1)
        let sign = value < 0 && text.contains { ("1"..."9").contains($0) } ? "-" : ""
        return sign + Self.grouped(String(parts[0])) + (parts.count > 1 ? ".\(parts[1])" : "")
    }

    /// `0.42 ms`, `4.1 ms`, `1 234 ms`: about two digits that tell something.
    static func milliseconds(_ value: Double?) -> String {
        guard let value, value.isFinite else { return Self.none }
        let digits = abs(value) < 1 ? 2 : abs(value) < 100 ? 1 : 0
        return Self.number(value, digits: digits) + " ms"
    }

    /// Minutes, hours, days: `12:30`, `3:04:05`, `2 d 03:04:05`.
    static func clock(_ seconds: Int) -> String {
        let seconds = max(0, seconds)
        let (hours, rest) = (
            seconds / 3600 % 24, Self.twoDigits(seconds / 60 % 60) + ":" + Self.twoDigits(seconds % 60)
        )
        if seconds >= 86_400 { return "\(seconds / 86_400) d \(Self.twoDigits(hours)):\(rest)" }
        return hours > 0 ? "\(hours):\(rest)" : rest
    }

    /// The same of the whole seconds; 0 for what is no time.
    static func clock(_ seconds: Double) -> String {
        Self.clock(Int(exactly: seconds.rounded(.down)) ?? 0)
    }

    /// The number with its word: `1 loss`, `2 losses`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(Self.number(number)) \(number == 1 ? one : many)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func grouped(_ digits: String) -> String {
        let groups = stride(from: digits.count, to: 0, by: -3).map { end in
            String(digits.prefix(end).suffix(end > 3 ? 3 : end))
        }
        return groups.reversed().joined(separator: " ")
    }
}
