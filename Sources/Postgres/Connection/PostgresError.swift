/// What went wrong between this process and a PostgreSQL server.
///
/// Every text is one line, as the server or libpq said it, and never holds a password of the connection string.
package enum PostgresError: Error, Sendable, Equatable {
    /// No connection for now: nothing listens there, the name doesn't resolve, the server is starting or stopping, or
    /// has no free place (57P03, 53300). Trying again later may help.
    case unreachable(String)
    /// The server knows no such role, the password is wrong or missing, or pg_hba.conf has no line for it (class 28).
    case authentication(String)
    /// The server has no such database (3D000).
    case noSuchDatabase(String)
    /// The connection string can't be read, or asks for something that libpq doesn't know.
    case invalidTarget(String)
    /// The server or libpq turned it down for another reason, such as TLS that one side doesn't have.
    case refused(String)
    /// A statement failed, or the server ended a connection attempt with a state that has no case of its own.
    case server(sqlState: String, message: String, detail: String?)
    /// The connection is gone, or was closed because its state was unknown: open another.
    case connectionLost(String)
    /// The deadline came first. A query under way has closed its connection.
    case timedOut
    /// The task was cancelled. A query under way has closed its connection.
    case cancelled
    /// Too many calls wait for this connection already; nothing was sent.
    case busy
    /// This process may have no further descriptor, thread or memory.
    case resources(String)
    /// The server sent bytes that this reader of its protocol doesn't know; the connection is closed.
    case malformed(String)

    /// The five characters of the server's answer (PostgreSQL manual, appendix A), where it was a statement that failed.
    package var sqlState: String? {
        guard case .server(let sqlState, _, _) = self else {
            return nil
        }
        return sqlState
    }
}

extension PostgresError: CustomStringConvertible {
    /// One line, without a password.
    package var description: String {
        switch self {
        case .unreachable(let text), .authentication(let text), .noSuchDatabase(let text), .invalidTarget(let text),
            .refused(let text), .resources(let text), .malformed(let text):
            text
        case .server(let sqlState, let message, let detail):
            "\(message) (\(sqlState))\(detail.map { ": \($0)" } ?? "")"
        case .connectionLost(let text):
            "connection lost: \(text)"
        case .timedOut:
            "no answer in time"
        case .cancelled:
            "cancelled"
        case .busy:
            "too many queries wait for this connection"
        }
    }
}
