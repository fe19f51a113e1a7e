/// Reads a JSON object of texts, numbers, truth values and nulls (RFC 8259), numbers as they are written.
///
/// Foundation's decoder would round numbers and take the last of two equal names.
enum FlatJSON {
    /// A value of a member.
    enum Value: Equatable {
        case null
        case text(String)
        /// As it is written: `40.50`, `1e3`.
        case number(String)
        /// `true`, `false`: values that no field has.
        case other
    }

    /// A name and its value, in the order of the text; a name may come twice.
    struct Member: Equatable {
        let name: String
        let value: Value
    }

    /// Why a text is no such object.
    enum Fault: Error, Equatable, CustomStringConvertible {
        /// Not JSON by RFC 8259, or not in UTF-8; counted in bytes from 0.
        case syntax(at: Int)
        /// JSON, but no object.
        case notAnObject
        /// An array or an object as a value.
        case nested(name: String)

        var description: String {
            switch self {
            case .syntax(let position): "the body is no JSON (at byte \(position))"
            case .notAnObject: "the body must be a JSON object"
            case .nested(let name): "\(RunDraft.shown(name)) must be text, a number or null"
            }
        }
    }

    /// The members of the object.
    static func members(of bytes: [UInt8]) throws(Fault) -> [Member] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .syntax(at: 0)
        }
        var reader = FlatJSONReader(Array(text.utf8))
        return try reader.document()
    }
}
