import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Testing
import WebSocket

@Suite struct WebSocketUpgraderTests {
    private static let request = """
        GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
        """
    /// A masked text frame "Hello" (RFC 6455 §5.7).
    private static let hello = ByteBuffer(bytes: [
        0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58,
    ])

    @Test func `answers with the accept key of RFC 6455 and the admission's own headers`() throws {
        let pipeline = try UpgradePipeline(admitting: [["X-Session": "s-1"]])
        try pipeline.receive(Self.request)
        let answer = try pipeline.sent().lowercased()
        #expect(answer.hasPrefix("http/1.1 101 "))
        #expect(answer.contains("\r\nsec-websocket-accept: \("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".lowercased())\r\n"))
        #expect(answer.contains("\r\nx-session: s-1\r\n"))
        #expect(try pipeline.result.wait() == .webSocket)
    }

    @Test func `leaves no handler of HTTP in the pipeline`() throws {
        let pipeline = try UpgradePipeline(admitting: [[:]])
        try pipeline.receive(Self.request)
        let handlers = pipeline.channel.pipeline.syncOperations
        #expect(throws: (any Error).self) { try handlers.context(handlerType: HTTPResponseEncoder.self) }
        #expect(throws: (any Error).self) {
            try handlers.context(handlerType: NIOTypedHTTPServerUpgradeHandler<Outcome>.self)
        }
    }

    @Test func `reads a frame that came with the request`() throws {
        let pipeline = try UpgradePipeline(admitting: [[:]])
        try pipeline.receive(Self.request, Self.hello)
        #expect(pipeline.record.frames.map { String(buffer: $0.unmaskedData) } == ["Hello"])
    }

    @Test func `keeps what comes while the session is being made, cut anywhere`() throws {
        let bytes = Array(Self.request.utf8) + Self.hello.readableBytesView + Self.hello.readableBytesView
        for cut in 1..<bytes.count {
            let loop = EmbeddedEventLoop()
            let session = loop.makePromise(of: Void.self)
            let pipeline = try UpgradePipeline(admitting: [[:]], session: session.futureResult)
            try pipeline.receive("", ByteBuffer(bytes: bytes[..<cut]))
            try pipeline.receive("", ByteBuffer(bytes: bytes[cut...]))
            #expect(pipeline.record.frames.isEmpty)
            session.succeed()
            pipeline.channel.embeddedEventLoop.run()
            #expect(pipeline.record.frames.count == 2, "cut at \(cut)")
        }
    }

    @Test func `fires the decoder's error at the header of a frame over the limit`() throws {
        let pipeline = try UpgradePipeline(admitting: [[:]], maxMessageBytes: 1000)
        try pipeline.receive(Self.request, ByteBuffer(bytes: [0x82, 0xFE, 0x03, 0xE9]))
        #expect(pipeline.record.errors.map(closeCode(for:)) == [.tooLarge])
    }

    @Test func `takes any maximum, however large`() throws {
        let pipeline = try UpgradePipeline(admitting: [[:]], maxMessageBytes: .max)
        try pipeline.receive(Self.request, Self.hello)
        #expect(pipeline.record.frames.count == 1)
    }

    @Test func `hands a refused connection to HTTP, without the request's head`() throws {
        let pipeline = try UpgradePipeline(admitting: [nil])
        try pipeline.receive(Self.request)
        #expect(try pipeline.result.wait() == .http)
        #expect(pipeline.record.requests == [.end(nil)])
        #expect(try pipeline.sent().isEmpty)
    }

    @Test func `hands nothing at all to HTTP where the refusal came after the whole request`() throws {
        let admission = EmbeddedEventLoop().makePromise(of: Void.self)
        let pipeline = try UpgradePipeline(admitting: [nil], admission: admission.futureResult)
        try pipeline.receive(Self.request)
        admission.succeed()
        pipeline.channel.embeddedEventLoop.run()
        #expect(try pipeline.result.wait() == .http)
        #expect(pipeline.record.requests.isEmpty)
    }

    @Test func `upgrades nobody who left before the admission`() throws {
        let admission = EmbeddedEventLoop().makePromise(of: Void.self)
        let pipeline = try UpgradePipeline(admitting: [[:]], admission: admission.futureResult)
        try pipeline.receive(Self.request)
        _ = try pipeline.channel.finish(acceptAlreadyClosed: true)
        admission.succeed()
        pipeline.channel.embeddedEventLoop.run()
        #expect(pipeline.record.questions == 1)
        #expect(throws: (any Error).self) { try pipeline.result.wait() }
    }

    @Test func `lets a refused peer be answered from the channel`() throws {
        let pipeline = try UpgradePipeline(admitting: [nil])
        try pipeline.receive(Self.request)
        let channel = pipeline.channel
        let head = HTTPResponseHead(version: .http1_1, status: .upgradeRequired, headers: ["Connection": "close"])
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        #expect(try pipeline.sent().hasPrefix("HTTP/1.1 426 "))
    }

    @Test func `asks before it checks, so that the admission can refuse in its own order`() throws {
        let pipeline = try UpgradePipeline(admitting: [nil])
        try pipeline.receive(Self.request.replacing("Version: 13", with: "Version: 8"))
        #expect(pipeline.record.questions == 1)
    }

    @Test func `refuses what NIO refuses though it was admitted`() throws {
        let pipeline = try UpgradePipeline(admitting: [[:]])
        try pipeline.receive(Self.request.replacing("Version: 13", with: "Version: 8"))
        #expect(try pipeline.result.wait() == .http)
    }

    @Test func `asks once, however often the request names the protocol`() throws {
        let pipeline = try UpgradePipeline(admitting: [nil, [:]])
        try pipeline.receive(Self.request.replacing("Upgrade: websocket", with: "Upgrade: websocket, websocket"))
        #expect(pipeline.record.questions == 1)
        #expect(try pipeline.result.wait() == .http)
    }
}
