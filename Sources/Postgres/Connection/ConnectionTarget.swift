import CLibPQ

/// Where and as whom to connect.
package struct ConnectionTarget: Sendable, Equatable {
    /// Any libpq connection string: keywords, a URI, or a database's name; empty for libpq's environment.
    package var conninfo: String
    /// libpq keywords that win over `conninfo`, such as `application_name`, `user` or `dbname`.
    package var overrides: [String: String]

    /// Names a target; nothing is read or checked before it is opened.
    ///
    /// - Parameters:
    ///   - conninfo: any libpq connection string; empty for libpq's environment.
    ///   - overrides: libpq keywords that win over it.
    package init(conninfo: String = "", overrides: [String: String] = [:]) {
        self.conninfo = conninfo
        self.overrides = overrides
    }
}

extension ConnectionTarget: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Host, port, user and database as far as they are given, never a password: `host=db.example dbname=app`.
    package var description: String {
        guard var options = self.options, !Self.isMisread(options) else {
            return "an unreadable connection string"
        }
        options.merge(self.overrides) { _, override in override }
        let shown = ["host", "hostaddr", "port", "user", "dbname", "service"].compactMap { keyword in
            options[keyword].map { "\(keyword)=\($0)" }
        }
        return shown.isEmpty ? "libpq's environment" : shown.joined(separator: " ")
    }

    /// The same as `description`.
    package var debugDescription: String { self.description }

    /// Nothing: a dump must not show the password either.
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// What `conninfo` says, by keyword; nil where libpq can't read it.
    private var options: [String: String]? {
        guard self.conninfo.contains("=") || self.conninfo.contains("://") else {
            return self.conninfo.isEmpty ? [:] : ["dbname": self.conninfo]
        }
        guard let first = PQconninfoParse(self.conninfo, nil) else {
            return nil
        }
        defer {
            PQconninfoFree(first)
        }
        return Self.values(from: first)
    }

    /// Whether a URI's password with an unescaped `/` or `@` may have got into other options.
    private static func isMisread(_ options: [String: String]) -> Bool {
        let portIsNoNumber = options["port"]?.contains { !$0.isNumber && $0 != "," } ?? false
        return portIsNoNumber || ["host", "dbname"].contains { options[$0]?.contains("@") ?? false }
    }

    /// Reads libpq's array, which ends with an option that has no keyword.
    private static func values(from first: UnsafePointer<PQconninfoOption>) -> [String: String] {
        var options: [String: String] = [:]
        var option = first
        while let keyword = option.pointee.keyword {
            options[String(cString: keyword)] = option.pointee.val.map { String(cString: $0) }
            option += 1
        }
        return options
    }
}

extension ConnectionTarget {
    /// libpq's keywords and values in the order that PQconnectStartParams wants: the string first, what wins after it.
    ///
    /// Only the first `dbname` is expanded as a connection string (libpq manual, PQconnectdbParams).
    var parameters: [(keyword: String, value: String)] {
        let given = self.conninfo.isEmpty ? [] : [("dbname", self.conninfo)]
        let winning = self.overrides.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return given + winning + [("client_encoding", "UTF8")]
    }
}
