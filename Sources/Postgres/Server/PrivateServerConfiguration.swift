/// What a ``PrivateServer`` is made of.
package struct PrivateServerConfiguration: Sendable {
    /// Where all of it lives: a new or empty directory, or one that a private server made.
    package var directory: String
    /// The name of the superuser; it counts when the cluster is made.
    package var superuser: String
    /// The whole pg_hba.conf, line by line; written anew at each start.
    package var accessRules: [String]
    /// Settings as in postgresql.conf, unquoted.
    ///
    /// They win over `wal_level = logical`, and lose against what keeps the server private: addresses, port, sockets,
    /// pg_hba.conf and log.
    package var settings: [String: String] = [:]
    /// The first port to try; the next free one of the 100 after it is taken where this one isn't free.
    package var preferredPort: UInt16 = 5432
    /// After how long a fast shutdown becomes an immediate one when ``PrivateServer/run(ready:)`` is cancelled, and when
    /// the server that a killed process left behind is ended.
    package var stopDeadline: Duration = .seconds(10)

    /// Takes what has no default.
    ///
    /// - Parameters:
    ///   - directory: absolute, or relative to this process's working directory.
    ///   - superuser: a role's name.
    ///   - accessRules: lines of pg_hba.conf.
    package init(directory: String, superuser: String, accessRules: [String]) {
        self.directory = directory
        self.superuser = superuser
        self.accessRules = accessRules
    }
}
