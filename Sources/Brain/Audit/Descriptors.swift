import Glibc

/// The file descriptors of the process.
package enum Descriptors {
    /// How many there are.
    package struct Count: Sendable, Equatable {
        /// All, the one apart by which they are counted.
        package var all = 0
        /// Those among them that are sockets.
        package var sockets = 0

        /// Makes a count.
        package init(all: Int = 0, sockets: Int = 0) {
            self.all = all
            self.sockets = sockets
        }
    }

    /// How many there are; nil where /proc can't be read.
    ///
    /// Costs a readlink for each descriptor.
    package static var count: Count? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        // Two entries are no descriptors, and a third one is that of the directory itself.
        var count = Count(all: -3)
        while let entry = readdir(directory) {
            count.all += 1
            if Self.isSocket(named: entry.pointee.d_name) { count.sockets += 1 }
        }
        return count
    }

    /// How many there may be; nil where that can't be had.
    static var limit: Int? {
        Self.limits.map { Int(clamping: $0.rlim_cur) }
    }

    /// Whether no more than a reserve is left, or half of all where there are few.
    ///
    /// A new descriptor has the lowest number that is free (open(2)): the numbers of the reserve come last.
    ///
    /// - Parameter reserve: how many there should be left.
    /// - Returns: false also where that can't be told.
    static func areScarce(reserve: Int) -> Bool {
        guard let limit = Self.limit else { return false }
        let lowest = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard lowest >= 0 else { return errno == EMFILE }
        close(lowest)
        return Int(lowest) >= max(limit - reserve, limit / 2)
    }

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: the limit that holds now.
    package static func raiseLimit() -> Int {
        guard var limits = Self.limits else { return 1024 }
        limits.rlim_cur = limits.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return Self.limit ?? 1024
    }

    private static var limits: rlimit? {
        var limits = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 ? limits : nil
    }

    private static func isSocket<Name>(named name: Name) -> Bool {
        withUnsafeBytes(of: name) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            var target = [CChar](repeating: 0, count: 64)
            let length = readlink("/proc/self/fd/\(text)", &target, target.count)
            return length > 0 && target.map(UInt8.init(bitPattern:)).starts(with: "socket:".utf8)
        }
    }
}
