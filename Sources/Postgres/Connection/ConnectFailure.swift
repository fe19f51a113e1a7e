/// Why a connection attempt failed, read from libpq's text: there is no PGresult and so no SQLSTATE field for it.
///
/// The attempt runs with `PQERRORS_VERBOSE`, so that a line of the server reads `FATAL:  28P01: password …`, in whatever
/// language: the code decides. libpq's own lines carry no code; they are English, since nothing here calls setlocale.
struct ConnectFailure {
    /// libpq's text, `PQerrorMessage`, of one or several lines.
    let text: String
    /// `PQconnectionNeedsPassword`: the server asked for one and there is none.
    var needsPassword = false

    var error: PostgresError {
        let lines = self.lines
        // With several addresses each one fails in its own line: what a server answered tells more than a refusal.
        if let (state, message) = lines.compactMap(Self.serverAnswer).last {
            return Self.classify(state: state, message: message)
        }
        let message = lines.first ?? "libpq gave no reason"
        if self.needsPassword || message.contains("no password supplied") {
            return .authentication(message)
        }
        return Self.classify(message)
    }

    /// Without DETAIL, HINT and LOCATION lines and the indented advice of libpq.
    private var lines: [String] {
        self.text.split(whereSeparator: \.isNewline).compactMap { line in
            let isAdvice = line.first?.isWhitespace ?? true
            return isAdvice || line.prefixMatch(of: #/(DETAIL|HINT|LOCATION):/#) != nil ? nil : String(line)
        }
    }

    private static func serverAnswer(_ line: String) -> (state: String, message: String)? {
        guard let match = line.firstMatch(of: #/(.*failed: )?[^:]+:  ([0-9A-Z]{5}): (.*)/#) else {
            return nil
        }
        return (String(match.2), "\(match.1 ?? "")\(match.3)")
    }

    private static func classify(state: String, message: String) -> PostgresError {
        switch state {
        case "3D000":
            .noSuchDatabase(message)
        case _ where state.hasPrefix("28"):
            .authentication(message)
        // Class 53: no free connection, memory or disk. 57P01 to 57P03: shutting down, crashed, starting up.
        case _ where state.hasPrefix("53") || state.hasPrefix("57P"):
            .unreachable(message)
        default:
            .server(sqlState: state, message: message, detail: nil)
        }
    }

    private static func classify(_ message: String) -> PostgresError {
        guard message.hasPrefix("connection to server") else {
            let masked = Self.masked(message)
            return message.hasPrefix("could not translate host name") ? .unreachable(masked) : .invalidTarget(masked)
        }
        let isAboutTLS = ["SSL", "certificate", "GSSAPI", "private key"].contains { message.contains($0) }
        return isAboutTLS && !message.contains("SYSCALL") ? .refused(message) : .unreachable(message)
    }

    /// Replaces what libpq quotes from a string it couldn't read: any part of that may belong to a password.
    static func masked(_ message: String) -> String {
        message.replacing(#/"[^"]{2,}.*"/#) { match in
            let isHostName = message.hasPrefix("could not translate host name") && !match.output.contains("@")
            return isHostName ? String(match.output) : "\"…\""
        }
    }
}
