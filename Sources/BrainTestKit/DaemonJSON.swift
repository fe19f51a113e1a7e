import Foundation

/// Any JSON value, for comparisons; the order of an object's members is lost.
package enum DaemonJSON: Sendable, Equatable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// Any number.
    case number(Double)
    /// A text.
    case string(String)
    /// A list.
    case array([DaemonJSON])
    /// Members by name.
    case object([String: DaemonJSON])

    /// Reads a JSON text.
    package init(parsing text: String) throws {
        self = try JSONDecoder().decode(DaemonJSON.self, from: Data(text.utf8))
    }

    /// An object's member; nil where there is none.
    package subscript(name: String) -> DaemonJSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The elements of a list; none of anything else.
    package var elements: [DaemonJSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The names of an object's members.
    package var names: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }

    /// A string's text; nil of anything else.
    package var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A number's value; nil of anything else.
    package var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }
}

extension DaemonJSON: Decodable {
    /// Takes whatever is there.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let elements = try? value.decode([DaemonJSON].self) {
            self = .array(elements)
        } else {
            self = .object(try value.decode([String: DaemonJSON].self))
        }
    }
}

extension DaemonJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    /// A string.
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    /// A number.
    package init(integerLiteral value: Int) {
        self = .number(Double(value))
    }

    /// A truth value.
    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}
