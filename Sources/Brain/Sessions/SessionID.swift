/// Names a session for its whole life, over restarts of its actor; never used twice by one process.
///
/// Printed as `s-000007`, the form of logs and of `/api/debug/sessions`.
package struct SessionID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Counts from 1 in the order of admission.
    package let number: UInt64

    /// Makes the name of the session with this number.
    package init(number: UInt64) {
        self.number = number
    }

    /// Reads the printed form; nil for anything else.
    package init?(_ text: String) {
        guard text.hasPrefix("s-"), let number = UInt64(text.dropFirst(2)), Self(number: number).description == text
        else { return nil }
        self.number = number
    }

    /// The printed form; at least six digits.
    package var description: String {
        let digits = String(self.number)
        return "s-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Compares by the order of admission.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.number < rhs.number
    }
}
