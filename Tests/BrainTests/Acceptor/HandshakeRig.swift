import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

/// An accepted connection as the Acceptor sets it up, seen from the other side.
struct HandshakeRig {
    let sessions = SessionRig()
    let channel: NIOAsyncTestingChannel
    let book = AdmissionBook(limits: AdmissionLimits())
    let pending = PendingConnections()
    let served = Counter()

    init(maxMessageBytes: Int = 1000) async throws {
        let keys = DoorKeys(gate: Gate.sample { _ in }, book: self.book, directory: self.sessions.directory) {}
        var settings = AcceptorSettings(host: nil, port: 0)
        settings.maxMessageBytes = maxMessageBytes
        let child = ChildChannel(keys: keys, settings: settings, pending: self.pending) { _, _ in
            Response(status: .notFound)
        }
        let channel = NIOAsyncTestingChannel(loop: self.sessions.loops[0])
        let served = self.served
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        try await channel.testingEventLoop.executeInContext {
            try child.setUp(channel) { _ in served.add() }
        }
        self.channel = channel
    }

    /// A right upgrade, but for its `Connection`.
    static func upgrade(connection: String = "Upgrade") -> String {
        """
        GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: \(connection)\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """
    }

    func send(_ bytes: some Sequence<UInt8>) async throws {
        try await self.channel.writeInbound(ByteBuffer(bytes: bytes))
        await self.channel.testingEventLoop.run()
    }

    /// What has come from the server.
    func received() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let buffer = try await self.channel.readOutbound(as: ByteBuffer.self) {
            bytes += buffer.readableBytesView
        }
        return bytes
    }

    /// Lets something happen on the connection's event loop.
    func happen(_ body: @escaping @Sendable (any Channel) throws -> Void) async throws {
        let channel = self.channel
        try await channel.testingEventLoop.executeInContext { try body(channel) }
        await channel.testingEventLoop.run()
    }
}
