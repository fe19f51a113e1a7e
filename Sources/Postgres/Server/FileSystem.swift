import Glibc

/// What stat(2) says of a file, links followed.
struct FileStatus {
    let userID: uid_t
    let groupID: gid_t
    let mode: mode_t

    /// Nil where there is no such file, or this process may not see it.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return nil
        }
        self.userID = status.st_uid
        self.groupID = status.st_gid
        self.mode = status.st_mode
    }

    var isDirectory: Bool { self.mode & S_IFMT == S_IFDIR }

    /// Whether the mode lets a user without further groups pass through this directory; access lists aren't looked at.
    func admits(_ user: ServerUser) -> Bool {
        if user.userID == self.userID {
            return self.mode & S_IXUSR != 0
        }
        return self.mode & (user.groupID == self.groupID ? S_IXGRP : S_IXOTH) != 0
    }
}

/// File operations of a data directory, which may belong to a user that root doesn't trust: links aren't followed where
/// something is made, given away or removed.
enum FileSystem {
    /// Makes a directory and the ones above it, unless it is there.
    ///
    /// - Parameters:
    ///   - path: the directory.
    ///   - mode: its permissions; those above it get 0755, less the umask.
    /// - Throws: ``PrivateServerError/directoryUnwritable(path:reason:)``, as everything here.
    static func makeDirectory(_ path: String, mode: mode_t) throws(PrivateServerError) {
        guard mkdir(path, mode) != 0, errno != EEXIST else {
            return
        }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw Self.failure(path)
        }
        try Self.makeDirectory(String(path[..<slash]), mode: 0o755)
        try Self.check(mkdir(path, mode), path)
    }

    /// Gives a directory to a user and sets its mode; a link is refused.
    static func give(_ path: String, to user: ServerUser, mode: mode_t) throws(PrivateServerError) {
        let directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        try Self.check(directory, path)
        defer {
            Glibc.close(directory)
        }
        if user.isForeign {
            try Self.check(fchown(directory, user.userID, user.groupID), path)
        }
        try Self.check(fchmod(directory, mode), path)
    }

    /// The path without links and relative parts.
    static func absolute(_ path: String) throws(PrivateServerError) -> String {
        guard let real = realpath(path, nil) else {
            throw Self.failure(path)
        }
        defer {
            free(real)
        }
        return String(cString: real)
    }

    /// The names in a directory; empty where it can't be read.
    static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else {
            return []
        }
        defer {
            closedir(stream)
        }
        return Self.names(in: stream)
    }

    /// The file's text as far as 64 KiB; nil where it can't be read.
    static func text(of path: String) -> String? {
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            return nil
        }
        defer {
            Glibc.close(file)
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(file, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// Puts a file in place whole, readable by its user alone.
    static func write(_ text: String, to path: String, for user: ServerUser) throws(PrivateServerError) {
        let draft = path + ".new"
        unlink(draft)
        let file = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        try Self.check(file, path)
        defer {
            Glibc.close(file)
        }
        if user.isForeign {
            try Self.check(fchown(file, user.userID, user.groupID), path)
        }
        guard Glibc.write(file, text, text.utf8.count) == text.utf8.count else {
            throw Self.failure(path)
        }
        try Self.check(rename(draft, path), path)
    }

    /// Removes a directory and everything in it, or nothing where there is none.
    static func removeTree(_ path: String) throws(PrivateServerError) {
        let directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard directory >= 0 || errno != ENOENT else {
            return
        }
        try Self.check(directory, path)
        try Self.empty(directory, path)
        try Self.check(rmdir(path), path)
    }

    /// Throws for a call that returned a negative number, with the text of errno.
    static func check(_ result: Int32, _ path: String) throws(PrivateServerError) {
        guard result >= 0 else {
            throw Self.failure(path)
        }
    }

    private static func failure(_ path: String) -> PrivateServerError {
        .directoryUnwritable(path: path, reason: String(cString: strerror(errno)))
    }

    /// Removes what a directory holds and closes it; by descriptors, so that a name swapped for a link leads nowhere.
    private static func empty(_ directory: Int32, _ path: String) throws(PrivateServerError) {
        guard let stream = fdopendir(directory) else {
            Glibc.close(directory)
            throw Self.failure(path)
        }
        defer {
            closedir(stream)
        }
        for name in Self.names(in: stream) where unlinkat(directory, name, 0) != 0 {
            let inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            try Self.check(inner, "\(path)/\(name)")
            try Self.empty(inner, "\(path)/\(name)")
            try Self.check(unlinkat(directory, name, AT_REMOVEDIR), "\(path)/\(name)")
        }
    }

    private static func names(in stream: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." {
                names.append(name)
            }
        }
        return names
    }
}
