import Runs

/// A JSON text in the making (RFC 8259), its members in the order in which they are given.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Rounded to three digits behind the point; null where it isn't finite.
    case decimal(Double)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])
    /// A value that is JSON already.
    case raw(String)

    static func optional(_ text: String?) -> Self { text.map { .string($0) } ?? .null }

    /// Milliseconds with a fraction.
    static func milliseconds(_ duration: Duration) -> Self { .decimal(duration / .milliseconds(1)) }

    /// Seconds with a fraction.
    static func seconds(_ duration: Duration) -> Self { .decimal(duration / .seconds(1)) }

    /// A moment of the wall clock, in the form of the messages.
    static func time(_ milliseconds: Int64) -> Self { .string(WireTime.text(milliseconds: milliseconds)) }

    /// The JSON text.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): "\(value)"
        case .decimal(let value): Self.rounded(value)
        case .string(let value): JSONText.quoted(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONText.quoted($0) + ":" + $1.text }.joined(separator: ",") + "}"
        case .raw(let text): text
        }
    }

    private static func rounded(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "null" }
        return "\((value * 1000).rounded() / 1000)"
    }
}
