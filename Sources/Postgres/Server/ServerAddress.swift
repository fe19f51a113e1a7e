/// Where a running ``PrivateServer`` is reached.
package struct ServerAddress: Sendable, Equatable {
    /// On the loopback addresses, and in the socket's name.
    package let port: UInt16
    /// Holds the Unix socket; only the server's user, and root, may enter it.
    package let socketDirectory: String
    /// The superuser's name.
    package let superuser: String

    /// The superuser's way in, over the Unix socket.
    ///
    /// - Parameter database: its name.
    /// - Returns: a target for ``Connection/open(_:on:timeout:)``.
    package func adminTarget(database: String) -> ConnectionTarget {
        self.target(user: self.superuser, database: database)
    }

    /// A role's way in, over the Unix socket.
    ///
    /// - Parameters:
    ///   - user: the role's name.
    ///   - database: the database's name.
    /// - Returns: a target for ``Connection/open(_:on:timeout:)``.
    package func target(user: String, database: String) -> ConnectionTarget {
        ConnectionTarget(overrides: [
            "host": self.socketDirectory, "port": "\(self.port)", "user": user, "dbname": database,
        ])
    }
}
