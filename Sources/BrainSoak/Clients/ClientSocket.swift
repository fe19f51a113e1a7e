import Glibc

/// The calls that a client's socket needs; none of them blocks.
enum ClientSocket {
    /// How a connect went on.
    enum Opening {
        case connected(Int32)
        /// poll(2) tells when it is over.
        case underWay(Int32)
        case failed
    }

    /// Connects to a port of 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: the daemon's.
    ///   - source: the last byte of the address to come from.
    ///   - receiveBuffer: SO_RCVBUF; nil is the system's.
    /// - Returns: the socket, which is the caller's.
    static func open(port: Int, source: UInt8, receiveBuffer: Int32?) -> Opening {
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let socket = Glibc.socket(AF_INET, Int32(flags), 0)
        guard socket >= 0 else { return .failed }
        if let receiveBuffer { self.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer, on: socket) }
        // The port is chosen at the connect, by both ends: else each source address has no more than 28 000 in all.
        self.set(Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1, on: socket)
        guard self.with(self.address(source, port: 0), { bind(socket, $0, $1) }) == 0 else {
            close(socket)
            return .failed
        }
        return self.connect(socket, port)
    }

    private static func connect(_ socket: Int32, _ port: Int) -> Opening {
        guard self.with(self.address(1, port: port), { Glibc.connect(socket, $0, $1) }) != 0 else {
            return .connected(socket)
        }
        guard errno == EINPROGRESS else {
            Glibc.close(socket)
            return .failed
        }
        return .underWay(socket)
    }

    /// Whether a connect that is over has succeeded.
    static func isConnected(_ socket: Int32) -> Bool {
        var (error, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0
    }

    /// Whether the socket took all of it, or is broken: that is for the reading to find, which may find a close frame.
    static func send(_ bytes: [UInt8], on socket: Int32) -> Bool {
        let sent = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        return sent == bytes.count || sent < 0 && (errno == EPIPE || errno == ECONNRESET)
    }

    /// Closes it, by its own FIN or by a RST.
    static func close(_ socket: Int32, _ manner: CloseManner = .plain) {
        if manner == .reset { self.set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0), on: socket) }
        Glibc.close(socket)
    }

    /// Raises the soft limit of descriptors to the hard one where it is less than `count`.
    static func allowDescriptors(_ count: Int) {
        var limits = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limits) == 0, limits.rlim_cur < rlim_t(count) else { return }
        limits.rlim_cur = limits.rlim_max
        _ = setrlimit(resource, &limits)
    }

    private static func set(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable, on socket: Int32) {
        _ = withUnsafeBytes(of: value) { setsockopt(socket, level, option, $0.baseAddress, socklen_t($0.count)) }
    }

    private static func address(_ last: UInt8, port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(clamping: port).bigEndian
        address.sin_addr.s_addr = (0x7F00_0000 | in_addr_t(last)).bigEndian
        return address
    }

    private static func with(
        _ address: sockaddr_in,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
