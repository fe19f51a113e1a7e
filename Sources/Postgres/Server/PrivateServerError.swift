/// Why a private server can't be had, each with what to do about it.
package enum PrivateServerError: Error, Sendable, Equatable {
    /// PostgreSQL's `postgres` and `initdb` are nowhere to be found.
    case programsMissing
    /// The data directory, or something in it, can't be made, read, written or entered.
    case directoryUnwritable(path: String, reason: String)
    /// Another process holds the data directory; its pid where that could be read.
    case inUse(pid: Int32?)
    /// `initdb` failed; the last line that it wrote.
    case initFailed(String)
    /// The server ended before it accepted connections; the last lines that it wrote.
    case didNotStart(String)
    /// The server ended unasked.
    case exited(ServerExit)
    /// Run by root, and the machine has neither a user `postgres` nor `nobody`.
    case noUnprivilegedUser
}

/// How a server's process ended.
package enum ServerExit: Sendable, Equatable {
    /// By itself, with this exit code.
    case code(Int32)
    /// By this signal.
    case signal(Int32)
}

extension PrivateServerError: CustomStringConvertible {
    /// One line, with the remedy.
    package var description: String {
        switch self {
        case .programsMissing:
            "PostgreSQL's programs are missing: install them (Debian: apt-get install postgresql) or name a database"
        case .directoryUnwritable(let path, let reason):
            "the data directory can't be used: \(path): \(reason)"
        case .inUse(let pid):
            "the data directory is in use by process \(pid.map(String.init) ?? "unknown"): stop that, or name another"
        case .initFailed(let line):
            "initdb failed: \(line)"
        case .didNotStart(let lines):
            "the PostgreSQL server did not start: \(lines)"
        case .exited(.code(let code)):
            "the PostgreSQL server ended with code \(code): see its log"
        case .exited(.signal(let signal)):
            "the PostgreSQL server was ended by signal \(signal): see its log"
        case .noUnprivilegedUser:
            "PostgreSQL refuses to run as root, and there is no user postgres: make one, or start as another user"
        }
    }
}
