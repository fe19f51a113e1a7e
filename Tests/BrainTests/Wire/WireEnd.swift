import Glibc
import Synchronization
import Testing

/// The client's end of a session's socket: read by hand, whenever and as much as a test likes.
final class WireEnd: Sendable {
    /// What a session's bytes go through.
    enum Kind: Sendable {
        /// Two Unix sockets: the less the kernel holds, the sooner it takes no more.
        case pair(sendBuffer: CInt)
        /// TCP over loopback.
        case tcp(receiveBuffer: CInt)
        /// As a pair, but each send(2) is a packet of its own.
        case packets
    }

    /// The session's end, which becomes NIO's.
    let near: CInt
    private let far: Mutex<CInt?>

    init(_ kind: Kind) throws {
        let ends: (near: CInt, far: CInt) =
            switch kind {
            case .pair(let size): try Self.pair(SOCK_STREAM, sendBuffer: size)
            case .packets: try Self.pair(SOCK_SEQPACKET, sendBuffer: 1 << 20)
            case .tcp(let size): try Self.tcp(receiveBuffer: size)
            }
        _ = fcntl(ends.far, F_SETFL, O_NONBLOCK)
        self.near = ends.near
        self.far = Mutex(ends.far)
    }

    deinit {
        self.close()
    }

    /// Goes away without a word.
    func close() {
        self.far.withLock { far in
            if let descriptor = far { Glibc.close(descriptor) }
            far = nil
        }
    }

    /// Takes up to so many bytes; nil once there will be no more.
    func read(atMost count: Int) -> [UInt8]? {
        self.far.withLock { far in
            guard let far else { return nil }
            var bytes = [UInt8](repeating: 0, count: count)
            let taken = Glibc.read(far, &bytes, count)
            guard taken != 0, taken > 0 || errno == EAGAIN else { return nil }
            return Array(bytes.prefix(max(0, taken)))
        }
    }

    /// Another name of the session's end, the lowest free one from `lowest` on.
    func duplicateNear(from lowest: CInt) -> CInt {
        fcntl(self.near, F_DUPFD, lowest)
    }

    func write(_ bytes: [UInt8]) {
        self.far.withLock { far in
            guard let far else { return }
            _ = Glibc.send(far, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        }
    }
}

// MARK: Making sockets
extension WireEnd {
    private static func pair(_ type: __socket_type, sendBuffer: CInt) throws -> (near: CInt, far: CInt) {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(type.rawValue), 0, &ends) == 0)
        Self.set(SO_SNDBUF, to: sendBuffer, of: ends[0])
        return (ends[0], ends[1])
    }

    private static func tcp(receiveBuffer: CInt) throws -> (near: CInt, far: CInt) {
        let (listener, far) = (Self.internetSocket(), Self.internetSocket())
        defer { Glibc.close(listener) }
        Self.set(SO_RCVBUF, to: receiveBuffer, of: far)
        try #require(listen(listener, 1) == 0)
        try connect(far, toAddressOf: listener)
        return (accept(listener, nil, nil), far)
    }

    private static func connect(_ far: CInt, toAddressOf listener: CInt) throws {
        var storage = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_storage>.size)
        var length = socklen_t(storage.count)
        try storage.withUnsafeMutableBytes { bytes in
            // Safety: an array's storage is aligned to 16 bytes, and as large as any address.
            let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            try #require(getsockname(listener, address, &length) == 0)
            try #require(Glibc.connect(far, address, length) == 0)
        }
    }

    private static func internetSocket() -> CInt {
        socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    }

    private static func set(_ option: CInt, to value: CInt, of descriptor: CInt) {
        var value = value
        setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}
