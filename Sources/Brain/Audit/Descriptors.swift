import Glibc

/// The file descriptors of the process.
package enum Descriptors {
    /// How many of them are sockets; nil where /proc can't be read.
    ///
    /// Costs a readlink for each descriptor.
    package static var sockets: Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if Self.isSocket(named: entry.pointee.d_name) { count += 1 }
        }
        return count
    }

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: the limit that holds now.
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
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
