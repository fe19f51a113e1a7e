import Glibc

/// A port that is free on the loopback addresses of this machine.
struct PortChoice {
    let port: UInt16
    /// What `listen_addresses` says: without ::1 on a machine that has no IPv6.
    let addresses: String

    /// Keeps every other PrivateServer of the machine off the port until this value is gone.
    private let reservation: PortReservation

    /// The first free port from the preferred one on.
    ///
    /// A port that a stranger takes between this look and the server's start isn't noticed.
    ///
    /// - Parameter preferred: the first to try; 100 more follow, as far as there are ports.
    /// - Returns: nil where each of them is taken.
    static func firstFree(from preferred: UInt16) -> PortChoice? {
        let last = preferred.addingReportingOverflow(100)
        for port in preferred...(last.overflow ? .max : last.partialValue) {
            if let choice = Self(port) {
                return choice
            }
        }
        return nil
    }

    /// Nil where the port is taken on either address.
    private init?(_ port: UInt16) {
        guard let reservation = PortReservation(port) else {
            return nil
        }
        let version4 = Self.bindVersion4(port)
        let version6 = Self.bindVersion6(port)
        guard version4 == 0, version6 == 0 || Self.isMissing(version6) else {
            return nil
        }
        self.reservation = reservation
        self.port = port
        self.addresses = version6 == 0 ? "127.0.0.1,::1" : "127.0.0.1"
    }

    private static func isMissing(_ code: Int32) -> Bool {
        code == EAFNOSUPPORT || code == EADDRNOTAVAIL
    }

    private static func bindVersion4(_ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return Self.tryBind(AF_INET, &address, MemoryLayout<sockaddr_in>.size)
    }

    private static func bindVersion6(_ port: UInt16) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        return Self.tryBind(AF_INET6, &address, MemoryLayout<sockaddr_in6>.size)
    }

    /// Binds as PostgreSQL does, with SO_REUSEADDR, and lets go; 0 or errno.
    private static func tryBind(_ family: Int32, _ address: UnsafeRawPointer, _ size: Int) -> Int32 {
        let socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else {
            return errno
        }
        defer {
            Glibc.close(socket)
        }
        var on: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        // Safety: the caller's bytes are a sockaddr_in or sockaddr_in6 of this size, which begin as a sockaddr does.
        let bound = bind(socket, address.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        return bound == 0 ? 0 : errno
    }
}

/// A name in the abstract namespace (unix(7)), which one process can have and which ends with it.
private final class PortReservation: Sendable {
    private let socket: Int32

    /// Nil where another process has the name.
    init?(_ port: UInt16) {
        self.socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("\0private-postgresql-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let bound = withUnsafeBytes(of: &address) { bytes in
            // Safety: a sockaddr_un begins as a sockaddr does (unix(7)).
            bytes.baseAddress.map { bind(self.socket, $0.assumingMemoryBound(to: sockaddr.self), size) }
        }
        guard bound == 0 else {
            return nil
        }
    }

    deinit {
        Glibc.close(self.socket)
    }
}
