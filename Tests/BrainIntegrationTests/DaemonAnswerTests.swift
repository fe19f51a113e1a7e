import Brain
import BrainTestKit
import NIOCore
import NIOPosix
import Testing

/// Answers larger than the sockets' buffers, to clients that take their time (contract §1, `--handshake-timeout`).
@Suite(.timeLimit(.minutes(5)))
struct DaemonAnswerTests {
    private static let path = "/api/runs?limit=500"
    private static let script = """
        INSERT INTO runs (id, status, error) SELECT n, 'failed', repeat('e', 60000) FROM generate_series(1, 500) n
        """

    @Test
    func `an answer comes whole, though it is taken for longer than a connection may idle`() async throws {
        try await withDaemon(DaemonSetup(script: Self.script) { $0.server.handshakeTimeout = .seconds(8) }) { daemon in
            // 256 KiB each time, at most: 12 s for a part of it.
            let client = try await SlowClient(asking: daemon.port, for: Self.path, reads: 80, pause: .milliseconds(150))
            try await client.hasRead()
            #expect(try await client.missing() == 0)
        }
    }

    @Test
    func `an answer that is on its way comes whole, though what follows its request is no HTTP`() async throws {
        try await withDaemon(DaemonSetup(script: Self.script)) { daemon in
            let client = try await SlowClient(asking: daemon.port, for: Self.path, reads: 1, pause: .zero)
            try await client.hasRead()
            try await client.send("nonsense\r\n\r\n")
            #expect(try await client.missing() == 0)
        }
    }

    @Test
    func `a connection that takes nothing of its answer any more is closed`() async throws {
        try await withDaemon(DaemonSetup(script: Self.script) { $0.server.handshakeTimeout = .seconds(5) }) { daemon in
            let client = try await SlowClient(asking: daemon.port, for: Self.path, reads: 1, pause: .zero)
            try await client.hasRead()
            try await eventually("it is closed") { daemon.acceptedSockets == 0 }
            #expect(try await client.missing() > 0)
        }
    }
}

/// A client that reads some times with a pause before each, and then no more until it is told.
private struct SlowClient {
    private let channel: any Channel
    private let slowPart: EventLoopFuture<Void>
    private let whole: EventLoopFuture<Int>

    init(asking port: Int, for path: String, reads: Int, pause: TimeAmount) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (slowPart, whole) = (loop.makePromise(of: Void.self), loop.makePromise(of: Int.self))
        self.channel = try await ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let reader = SlowReader(reads: reads, pause: pause, slowPart: slowPart, whole: whole)
                    try channel.pipeline.syncOperations.addHandler(reader)
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        (self.slowPart, self.whole) = (slowPart.futureResult, whole.futureResult)
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        self.channel.writeAndFlush(ByteBuffer(string: request), promise: nil)
    }

    /// Returns when its slow reads are over.
    func hasRead() async throws {
        try await self.slowPart.get()
    }

    func send(_ text: String) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Reads to the end; how many bytes of the body haven't come.
    func missing() async throws -> Int {
        // It may be closed by now.
        try? await self.channel.setOption(.autoRead, value: true).get()
        return try await self.whole.get()
    }
}

private final class SlowReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private var reads: Int
    private var head = ""
    private var count = 0
    private let pause: TimeAmount
    private let slowPart: EventLoopPromise<Void>
    private let whole: EventLoopPromise<Int>

    init(reads: Int, pause: TimeAmount, slowPart: EventLoopPromise<Void>, whole: EventLoopPromise<Int>) {
        self.reads = reads
        self.pause = pause
        self.slowPart = slowPart
        self.whole = whole
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Self.unwrapInboundIn(data)
        if self.count == 0 { self.head = String(buffer: bytes) }
        self.count += bytes.readableBytes
    }

    private var missing: Int {
        guard let end = self.head.firstRange(of: "\r\n\r\n")?.upperBound else { return -1 }
        let header = self.head[..<end].split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
        let length = header.flatMap { Int($0.dropFirst("content-length: ".count)) } ?? -1
        return length - (self.count - self.head[..<end].utf8.count)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard self.reads > 0 else { return }
        self.reads -= 1
        guard self.reads > 0 else { return self.slowPart.succeed() }
        context.eventLoop.assumeIsolated().scheduleTask(in: self.pause) { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.slowPart.succeed()
        self.whole.succeed(self.missing)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
