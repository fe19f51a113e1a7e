import Glibc

/// The socket on which a service manager listens: a datagram of AF_UNIX for each message (sd_notify(3)).
///
/// Each message has a socket of its own, so that nothing is held open, and a manager that was itself replaced is found.
struct NotifySocket: Sendable {
    /// As it stands in sun_path: a path, or a NUL and a name of the abstract namespace (unix(7)).
    private let name: [UInt8]

    /// Reads what `NOTIFY_SOCKET` holds: a path, or a name behind an `@`.
    ///
    /// Nil for anything else, such as the `vsock:` that a manager outside of this machine would name.
    init?(_ address: String) {
        var name = Array(address.utf8)
        guard name.count > 1, name.count < Self.longest, !name.contains(0) else { return nil }
        switch name.first {
        case UInt8(ascii: "/"): break
        case UInt8(ascii: "@"): name[0] = 0
        default: return nil
        }
        self.name = name
    }

    /// Sends a message; blocks for a second at most.
    ///
    /// - Parameter message: lines of `NAME=value`.
    /// - Returns: nil where it was sent, else why not.
    func send(_ message: String) -> String? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return Self.reason }
        defer { close(socket) }
        // Where the manager's queue is full.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(message.utf8)
        let sent = self.withAddress { sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, $1) }
        return sent == bytes.count ? nil : Self.reason
    }

    private func withAddress(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Int) -> Int {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: self.name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + self.name.count)
        return withUnsafeBytes(of: &address) { bytes in
            // Safety: a sockaddr_un begins as a sockaddr does (unix(7)).
            body(bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// With room for the NUL that ends a path.
    private static let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    private static var reason: String {
        strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
