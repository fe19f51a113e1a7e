import Glibc
import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

/// Two connected sockets of the kernel's: a session writes into one past its channel, a test reads from the other.
final class KernelPair: Sendable {
    private let near: CInt
    private let far: CInt

    /// The less the kernel holds, the sooner it takes no more; it never holds less than some 2 KiB (socket(7)).
    init(sendBuffer: CInt = 1 << 20) throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        var size = sendBuffer
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        (self.near, self.far) = (ends[0], ends[1])
    }

    deinit {
        close(self.near)
        close(self.far)
    }

    var socket: KernelSocket { KernelSocket(descriptor: self.near) }

    /// The other side goes away.
    func hangUp() {
        shutdown(self.far, CInt(SHUT_RDWR))
    }

    /// Everything that has come since the last time.
    func received() -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(self.far, &piece, piece.count)
            guard count > 0 else { return all }
            all += piece[..<count]
        }
    }
}

extension SessionRig {
    /// Opens a session that writes past its channel.
    func open(on pair: KernelPair) async throws -> TestClient {
        let client = try await self.register()
        let session = client.session
        try await self.loops[0].executeInContext { session.socket = pair.socket }
        try await client.install()
        return client
    }
}

extension TestClient {
    /// From now on the channel says that it holds something back, or no more, without telling anyone.
    func hold(_ holdsBack: Bool) {
        self.channel.isWritable = !holdsBack
    }

    /// The bytes that the channel has been given since the last time.
    func handed() async throws -> [UInt8] {
        var all: [UInt8] = []
        while let bytes = try await self.channel.readOutbound(as: ByteBuffer.self) { all += bytes.readableBytesView }
        return all
    }
}

/// The bytes of frames, one behind the other.
func joined(_ frames: [BroadcastFrame]) -> [UInt8] {
    frames.flatMap { Array($0.bytes.readableBytesView) }
}
