/// How the process ends: the codes of `sysexits.h` that Brain uses.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    /// All went well; of the daemon: it drained.
    case ok = 0
    /// The command line is wrong (EX_USAGE).
    case usage = 64
    /// Something that is needed isn't there: the database at the start, the port, PostgreSQL's programs, the table
    /// `runs` (EX_UNAVAILABLE).
    case unavailable = 69
    /// The supervision tree gave up (EX_SOFTWARE).
    case software = 70
    /// A bad value, a wrong password, missing rights, a data directory that can't be written (EX_CONFIG).
    case configuration = 78
}

/// Why a command ended early, said to the one who started it.
package struct StartFailure: Error, Sendable, Equatable {
    /// What the process ends with.
    package let status: ExitStatus
    /// One line: what is wrong and what to do about it, without a password.
    package let message: String

    /// Makes a failure that ends the process with `status`, after `message` on standard error.
    package init(status: ExitStatus, message: String) {
        self.status = status
        self.message = message
    }
}

/// Which Brain this is.
package enum BrainVersion {
    /// The release by semantic versioning, as `--version` and `/api/health` show it.
    package static let current = "0.1.0"
}
