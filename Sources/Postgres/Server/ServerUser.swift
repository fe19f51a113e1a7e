import Glibc

/// The user that a server's processes and files belong to.
struct ServerUser: Equatable {
    /// As in passwd(5); its number where it has none.
    let name: String
    let userID: uid_t
    let groupID: gid_t

    /// Whom the cluster belongs to: this process's user, or for root, whom PostgreSQL refuses, an unprivileged one.
    ///
    /// - Parameter cluster: a cluster's directory; for root its owner goes on owning it, where there is one.
    /// - Returns: never root.
    /// - Throws: ``PrivateServerError/noUnprivilegedUser``.
    static func choose(cluster: String) throws(PrivateServerError) -> ServerUser {
        guard geteuid() == 0 else {
            return Self(name: "", userID: geteuid(), groupID: getegid())
        }
        if let owner = FileStatus(cluster), owner.userID != 0 {
            return Self(name: "\(owner.userID)", userID: owner.userID, groupID: owner.groupID)
        }
        guard let user = Self.named("postgres") ?? Self.named("nobody") else {
            throw .noUnprivilegedUser
        }
        return user
    }

    /// Whether files have to be given to this user, and processes its identity.
    var isForeign: Bool { self.userID != geteuid() }

    private static func named(_ name: String) -> ServerUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil, entry.pw_uid != 0 else {
            return nil
        }
        return Self(name: name, userID: entry.pw_uid, groupID: entry.pw_gid)
    }
}
