import Postgres

/// Why a capture ended, or could not begin.
package enum FeedError: Error, Sendable, Equatable {
    /// No connection for now.
    case unreachable(String)
    /// The server turned Brain away: wrong role, password, or pg_hba.conf.
    case authentication(String)
    /// The connection string, the database's name or a right is wrong: waiting won't help.
    case misconfigured(String)
    /// The table `runs` doesn't serve.
    case table(RunsTableError)
    /// The server is a read-only standby.
    case standby
    /// The server is older than PostgreSQL 14.
    case tooOld(version: Int32)
    /// `notify` was asked for, and Brain's trigger isn't there, is disabled, or doesn't fit the table any more.
    case triggerUnusable(TriggerState)
    /// What is sent to the listening connection doesn't arrive there.
    case deaf
    /// Logical replication can't be had, for now at least.
    case walUnusable(WalObstacle)
    /// The stream went on, but what it told isn't enough: begin again with a look at the whole table.
    case resync(ResyncCause)
    /// The table was altered or replaced: begin again with a fresh description.
    case tableChanged
    /// A better capture can be had by now: begin again.
    case superseded
    /// The connection, or a statement, failed in mid-run.
    case lost(String)
    /// The server ended the stream with an error of its own.
    case streamBroken(String)
    /// The task was cancelled.
    case cancelled
}

extension FeedError {
    /// What a failure of libpq's means for a capture.
    init(_ error: PostgresError) {
        switch error {
        case .unreachable(let text), .resources(let text): self = .unreachable(text)
        case .timedOut: self = .lost("no answer in time")
        case .authentication(let text): self = .authentication(text)
        case .noSuchDatabase(let text), .invalidTarget(let text), .refused(let text): self = .misconfigured(text)
        case .server("42501", let message, _): self = .table(.notReadable(message))
        case .server("42P01", _, _): self = .table(.tableMissing)
        case .server(let state, _, _) where Self.alterations.contains(state): self = .tableChanged
        case .cancelled: self = .cancelled
        default: self = .lost(error.description)
        }
    }

    /// Undefined column, function or operator, wrong type, cached plan: what a statement meets when the table was
    /// altered.
    private static let alterations: Set<String> = ["42703", "42883", "42804", "42846", "0A000"]

    /// Whether another capture may still serve where this one doesn't.
    var isUnsuitable: Bool {
        switch self {
        case .triggerUnusable, .walUnusable, .deaf: true
        default: false
        }
    }
}

extension FeedError: CustomStringConvertible {
    /// One line, with the remedy where there is one.
    package var description: String {
        switch self {
        case .unreachable(let text): "the database can't be reached: \(text)"
        case .authentication(let text): "the database turned Brain away: \(text)"
        case .misconfigured(let text): "the database can't be used as configured: \(text)"
        case .table(let error): error.description
        case .standby: "the database is a read-only standby: connect to the primary (target_session_attrs=read-write)"
        case .tooOld(let version): "PostgreSQL \(version / 10_000) is too old: 14 or newer is needed"
        case .triggerUnusable(let state): "notify: \(state)"
        case .deaf:
            "notify: notifications don't reach Brain: connect it to PostgreSQL itself, not through a pooler (PgBouncer)"
        case .walUnusable(let obstacle): "wal: \(obstacle)"
        case .resync(let cause): "looking at the whole table: \(cause)"
        case .tableChanged: "the table runs was altered: reading it anew"
        case .superseded: "a better capture can be had now"
        case .lost(let text): "the connection was lost: \(text)"
        case .streamBroken(let text): "the stream broke off: \(text)"
        case .cancelled: "cancelled"
        }
    }
}

/// Why a stream isn't enough, and the table is looked at: states, not steps (contract §4).
package enum ResyncCause: Sendable, Equatable {
    /// A RunsRepository was restarted, and may have lost what it had taken; or it met a row that left out what it didn't
    /// know.
    case asked
    /// A single transaction changed more runs than are taken one by one.
    case largeTransaction
    /// More waits for the RunsRepository than may.
    case backlogFull
    /// A run was given another id, and a large value of it wasn't told.
    case partialRow
}

extension ResyncCause: CustomStringConvertible {
    /// A few words.
    package var description: String {
        switch self {
        case .asked: "the repository asked for it"
        case .largeTransaction:
            "one transaction changed over \(WalAssembler.mostRuns) runs, or as much text as isn't kept"
        case .backlogFull: "too many changes wait"
        case .partialRow: "a run got another id, and a large value wasn't told"
        }
    }
}
