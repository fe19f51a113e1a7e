import Glibc

/// The layout of a private server's directory, and whom it belongs to.
///
/// ```
/// lock       flock(2), holds the pid of the process that keeps the server
/// log/       server.log, and server.log.1, the one before
/// pgdata/    the cluster; pgdata.new while initdb is at work
/// socket/    the Unix socket, unless its path would be too long
/// ```
struct DataDirectory {
    /// Absolute, without links.
    let path: String
    /// Whom everything in it belongs to.
    let user: ServerUser

    /// Makes the directory, or finds it fit: empty, or made by a private server before.
    ///
    /// - Parameter path: absolute or relative.
    /// - Throws: ``PrivateServerError/directoryUnwritable(path:reason:)`` or ``PrivateServerError/noUnprivilegedUser``.
    init(_ path: String) throws(PrivateServerError) {
        try FileSystem.makeDirectory(path, mode: 0o700)
        self.path = try FileSystem.absolute(path)
        self.user = try ServerUser.choose(cluster: self.path + "/pgdata")
        try self.checkContent()
        try self.checkWay()
        try FileSystem.give(self.path, to: self.user, mode: 0o700)
    }

    var cluster: String { self.path + "/pgdata" }

    var unfinishedCluster: String { self.path + "/pgdata.new" }

    var lock: String { self.path + "/lock" }

    var log: String { self.path + "/log" }

    /// Makes a directory inside for the server's user.
    func makeDirectory(_ path: String) throws(PrivateServerError) {
        try FileSystem.makeDirectory(path, mode: 0o700)
        try FileSystem.give(path, to: self.user, mode: 0o700)
    }

    /// Where the socket goes, made and empty: inside, or a new directory under /tmp where its path would be too long.
    ///
    /// The bound leaves room below sockaddr_un's 108 bytes (unix(7)), for a NUL and for clients that allow less.
    func makeSocketDirectory() throws(PrivateServerError) -> String {
        let inside = self.path + "/socket"
        guard (inside + "/.s.PGSQL.65535").utf8.count > 103 else {
            try FileSystem.removeTree(inside)
            try self.makeDirectory(inside)
            return inside
        }
        var template = ContiguousArray("/tmp/postgres-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { name in
            name.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else {
            throw .directoryUnwritable(path: "/tmp", reason: String(cString: strerror(errno)))
        }
        try FileSystem.give(made, to: self.user, mode: 0o700)
        return made
    }

    /// Whoever names a directory of his own by mistake gets it back as it was.
    private func checkContent() throws(PrivateServerError) {
        let names = Set(FileSystem.names(in: self.path))
        guard names.isEmpty || !names.isDisjoint(with: ["lock", "pgdata", "pgdata.new"]) else {
            throw .directoryUnwritable(path: self.path, reason: "it holds other files; name a new or empty directory")
        }
        if !self.user.isForeign, let owner = FileStatus(self.path), owner.userID != self.user.userID {
            throw .directoryUnwritable(path: self.path, reason: "it belongs to another user; name another directory")
        }
    }

    /// The server enters its directory by its whole path.
    private func checkWay() throws(PrivateServerError) {
        guard self.user.isForeign else {
            return
        }
        var above = ""
        for part in self.path.split(separator: "/").dropLast() {
            above += "/" + part
            guard FileStatus(above)?.admits(self.user) ?? false else {
                let reason = "the user \(self.user.name) may not enter \(above); name a directory outside"
                throw .directoryUnwritable(path: self.path, reason: reason)
            }
        }
    }
}
