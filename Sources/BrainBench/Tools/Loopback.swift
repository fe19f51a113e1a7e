import Glibc

/// Ports of 127.0.0.1.
enum Loopback {
    /// A port that nobody has at the moment.
    static func freePort() throws(BenchError) -> Int {
        let socket = try Self.socket()
        defer { close(socket) }
        var (address, size) = (Self.address(port: 0), socklen_t(MemoryLayout<sockaddr_in>.size))
        let status = Self.withSockaddr(&address) { bind(socket, $0, size) | getsockname(socket, $0, &size) }
        guard status == 0 else { throw .system("bind", errno: errno) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Whether somebody accepts connections.
    static func answers(port: Int) throws(BenchError) -> Bool {
        let socket = try Self.socket()
        defer { close(socket) }
        var address = Self.address(port: port)
        return Self.withSockaddr(&address) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) } == 0
    }

    private static func socket() throws(BenchError) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .system("socket", errno: errno) }
        return socket
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func withSockaddr(
        _ address: inout sockaddr_in,
        _ call: (UnsafeMutablePointer<sockaddr>) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { $0.withMemoryRebound(to: sockaddr.self, capacity: 1, call) }
    }
}
