import Glibc

/// A data directory's lock, held until ``release()`` or the end of the process, however that comes.
struct DirectoryLock {
    private let file: Int32

    /// Takes the lock and writes this process's pid into the file, for whoever comes next.
    ///
    /// - Parameter path: the lock file; it stays when the lock is released.
    /// - Throws: ``PrivateServerError/inUse(pid:)`` with the pid in the file, where another process has it.
    init(_ path: String) throws(PrivateServerError) {
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        try FileSystem.check(file, path)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(file)
            let holder = FileSystem.text(of: path)?.split(whereSeparator: \.isNewline).first.flatMap { Int32($0) }
            throw .inUse(pid: holder)
        }
        self.file = file
        let pid = "\(getpid())\n"
        ftruncate(file, 0)
        pwrite(file, pid, pid.utf8.count, 0)
    }

    /// Lets go; once, and nothing else afterwards.
    ///
    /// Closing alone isn't enough: a child that is between clone(2) and exec has a copy of the descriptor (flock(2)).
    func release() {
        flock(self.file, LOCK_UN)
        Glibc.close(self.file)
    }
}
