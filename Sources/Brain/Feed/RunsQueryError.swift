import Postgres

/// Why the HTTP API's read or write of a run came to nothing.
package enum RunsQueryError: Error, Sendable, Equatable {
    /// The database can't be reached, or was lost meanwhile: a write may have taken effect or not. 503.
    case databaseAway(String)
    /// Too many wait, or the statement took too long or met a lock. 503.
    case busy
    /// The id, or another unique value, is there already. 409.
    case conflict
    /// The table doesn't take it. 400, with the reason.
    case rejected(String)
    /// No such run. 404.
    case notFound
}

extension RunsQueryError: CustomStringConvertible {
    /// One line.
    package var description: String {
        switch self {
        case .databaseAway(let reason): "the database is away: \(reason)"
        case .busy: "the database is busy"
        case .conflict: "a run with that id is there already"
        case .rejected(let reason): reason
        case .notFound: "there is no such run"
        }
    }
}

extension RunsQueryError {
    /// What a statement's failure means to who asked (PostgreSQL manual, appendix A).
    init(_ error: PostgresError) {
        switch error {
        case .server("23505", _, _): self = .conflict
        case .server("40001", _, _), .server("40P01", _, _), .server("55P03", _, _), .server("57014", _, _):
            self = .busy
        case .server(let state, let message, _):
            self = Self.isOutage(state) ? .databaseAway(message) : .rejected(message)
        case .refused(let text): self = .rejected(text)
        case .timedOut, .busy: self = .busy
        default: self = .databaseAway(error.description)
        }
    }

    init(_ error: FeedError) {
        self = .databaseAway(error.description)
    }

    /// Connection exceptions, lack of resources, operator intervention, system errors, a standby.
    private static func isOutage(_ state: String) -> Bool {
        ["08", "53", "57", "58", "XX"].contains(state.prefix(2)) || state == "25006"
    }
}

extension PostgresError {
    /// Whether a text can't be a value of the column's type, so that no row can have it.
    var isUnfitText: Bool {
        switch self {
        case .server(let state, _, _): ["22P02", "22003", "22021", "22P05", "22007", "22008"].contains(state)
        case .refused: true
        default: false
        }
    }

    /// Whether the table isn't what it was when it was described.
    var isAlteration: Bool {
        ["42703", "42P01", "42883", "42804", "42846", "0A000"].contains(self.sqlState)
    }

    var isLoss: Bool {
        switch self {
        case .connectionLost: true
        case .server(let state, _, _): state.hasPrefix("57P") || state.hasPrefix("08")
        default: false
        }
    }
}
