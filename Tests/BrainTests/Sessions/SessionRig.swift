import Dispatch
import Logging
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

/// A directory of sessions on event loops that move only when told.
struct SessionRig {
    let loops: [NIOAsyncTestingEventLoop]
    let directory: SessionDirectory
    let book: AdmissionBook

    init(
        loops count: Int = 1,
        connectRate: Double = AdmissionLimits().sessionRatePerAddress,
        _ change: (inout SessionSettings) -> Void = { _ in }
    ) {
        var limits = AdmissionLimits()
        limits.sessionRatePerAddress = connectRate
        self.book = AdmissionBook(limits: limits)
        self.loops = (0..<count).map { _ in NIOAsyncTestingEventLoop() }
        var settings = SessionSettings()
        change(&settings)
        self.directory = SessionDirectory(
            group: LoopGroup(loops: self.loops),
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var shard: SessionShard { self.directory.shards[0] }

    /// Registers a session and puts its handler in place.
    func open(on index: Int = 0, awaitsSnapshot: Bool = false) async throws -> TestClient {
        let client = try await self.register(on: index, awaitsSnapshot: awaitsSnapshot)
        try await client.install()
        return client
    }

    /// Registers a session whose 101 is still to come.
    func register(on index: Int = 0, awaitsSnapshot: Bool = false) async throws -> TestClient {
        let channel = NIOAsyncTestingChannel(loop: self.loops[index])
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        let address = try address("127.0.0.1")
        let admission = SessionAdmission(
            peer: "127.0.0.1:1",
            client: address,
            origin: nil,
            userAgent: nil,
            lease: try self.book.admitSession(client: address, now: .now)
        )
        let directory = self.directory
        let session = try await self.loops[index].executeInContext {
            directory.register(channel, admission: admission, awaitsSnapshot: awaitsSnapshot)
        }
        return TestClient(channel: channel, session: try #require(session))
    }
}

/// The socket of a session, seen from the other side.
struct TestClient: Sendable {
    let channel: NIOAsyncTestingChannel
    let session: SessionChannel

    var id: SessionID { self.session.facts.id }

    /// Puts the session's handler into the pipeline, as after the 101.
    func install() async throws {
        let (channel, session) = (self.channel, self.session)
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandler(session)
        }
    }

    /// What the socket has been given since the last time, in words.
    func received() async throws -> [String] {
        var frames: [String] = []
        while var bytes = try await self.channel.readOutbound(as: ByteBuffer.self) {
            while let frame = bytes.readFrame() { frames.append(frame.words) }
        }
        return frames
    }

    /// Lets the socket take bytes, or no more.
    func setWritable(_ isWritable: Bool) async throws {
        let channel = self.channel
        channel.isWritable = isWritable
        try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
    }

    /// Sends a masked frame.
    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8] = [], fin: Bool = true) async throws {
        let key: WebSocketMaskingKey = [1, 2, 3, 4]
        var data = ByteBuffer(bytes: payload)
        data.webSocketMask(key)
        try await self.channel.writeInbound(WebSocketFrame(fin: fin, opcode: opcode, maskKey: key, data: data))
    }

    /// Makes the decoder before the session fail.
    func fail(_ error: any Error) async throws {
        let channel = self.channel
        try await channel.testingEventLoop.executeInContext { channel.pipeline.fireErrorCaught(error) }
    }

    func disconnect() async throws {
        try await self.channel.close().get()
        await self.channel.testingEventLoop.run()
    }
}

/// Some event loops as a group.
final class LoopGroup: EventLoopGroup {
    private let loops: [NIOAsyncTestingEventLoop]

    init(loops: [NIOAsyncTestingEventLoop]) {
        self.loops = loops
    }

    func next() -> any EventLoop { self.loops[0] }

    func any() -> any EventLoop { self.loops[0] }

    func makeIterator() -> EventLoopIterator { EventLoopIterator(self.loops) }

    func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        callback(nil)
    }
}
