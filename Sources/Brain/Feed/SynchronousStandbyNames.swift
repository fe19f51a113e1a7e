/// The setting `synchronous_standby_names`, to see whether it would make commits wait for somebody (PostgreSQL manual,
/// 20.6.2).
///
/// Takes a name for matched rather than not: `FIRST` and `ANY` count as names too.
struct SynchronousStandbyNames: Sendable {
    private let names: [String]

    init(_ setting: String) {
        var names: [String] = []
        var rest = Substring(setting)
        while let first = rest.first {
            if first == "\"" {
                names.append(Self.takeQuoted(&rest))
            } else if Self.isSeparator(first) {
                rest = rest.dropFirst()
            } else {
                names.append(String(rest.prefix { !Self.isSeparator($0) && $0 != "\"" }))
                rest = rest.drop { !Self.isSeparator($0) && $0 != "\"" }
            }
        }
        self.names = names
    }

    /// Whether a standby of that `application_name` counts: `*` is every name, quoted or not, and case doesn't matter
    /// (pg_strcasecmp in SyncRepGetStandbyPriority).
    func match(_ applicationName: String) -> Bool {
        self.names.contains { $0 == "*" || $0.lowercased() == applicationName.lowercased() }
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace || character == "," || character == "(" || character == ")"
    }

    /// A name in double quotes, in which two stand for one.
    private static func takeQuoted(_ rest: inout Substring) -> String {
        var name = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" {
                guard rest.first == "\"" else { break }
                rest = rest.dropFirst()
            }
            name.append(character)
        }
        return name
    }
}
