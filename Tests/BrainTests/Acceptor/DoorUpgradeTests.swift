import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import Brain

@Suite struct DoorUpgradeTests {
    /// A masked ping without a payload, and its pong (RFC 6455 §5.5).
    private static let ping: [UInt8] = [0x89, 0x80, 1, 2, 3, 4]
    private static let pong: [UInt8] = [0x8A, 0]

    @Test func `an upgrade is answered once, and leaves nothing of HTTP in the pipeline`() async throws {
        let rig = try await HandshakeRig()
        try await rig.send(HandshakeRig.upgrade().utf8)
        let answer = String(decoding: try await rig.received(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 101 ") && answer.hasSuffix("\r\n\r\n"))
        #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        try await rig.happen { channel in
            let pipeline = channel.pipeline.syncOperations
            #expect(throws: (any Error).self) { try pipeline.context(handlerType: Door.self) }
            #expect(throws: (any Error).self) { try pipeline.context(handlerType: HandshakeTimer.self) }
            #expect(throws: (any Error).self) { try pipeline.context(handlerType: HTTPResponseEncoder.self) }
            let parser = ByteToMessageHandler<HTTPRequestDecoder>.self
            #expect(throws: (any Error).self) { try pipeline.context(handlerType: parser) }
            _ = try pipeline.context(handlerType: SessionChannel.self)
        }
        #expect(rig.served.count == 0)
    }

    @Test func `the place of a connection is given back by its upgrade, and by its end`() async throws {
        let rig = try await HandshakeRig()
        #expect(rig.book.counts.connections == 1 && rig.pending.count == 1)
        try await rig.send(HandshakeRig.upgrade().utf8)
        #expect(rig.book.counts.connections == 0 && rig.book.counts.sessions == 1 && rig.pending.count == 0)
        let silent = try await HandshakeRig()
        try await silent.happen { $0.close(promise: nil) }
        #expect(silent.book.counts.connections == 0 && silent.pending.count == 0)
    }

    @Test func `what came with the request is read after the 101, wherever it was cut`() async throws {
        let bytes = Array(HandshakeRig.upgrade().utf8) + Self.ping + Self.ping
        for cut in 1..<bytes.count {
            let rig = try await HandshakeRig()
            try await rig.send(bytes[..<cut])
            try await rig.send(bytes[cut...])
            let answer = try await rig.received()
            #expect(answer.starts(with: "HTTP/1.1 101 ".utf8), "cut at \(cut)")
            #expect(answer.suffix(4) == (Self.pong + Self.pong)[...], "cut at \(cut)")
        }
    }

    @Test(arguments: ["\tUpgrade", "keep-alive,\tUpgrade", "close, Upgrade"])
    func `an upgrade that the parser takes for none is one`(connection: String) async throws {
        let rig = try await HandshakeRig()
        try await rig.send(HandshakeRig.upgrade(connection: connection).utf8)
        #expect(try await rig.received().starts(with: "HTTP/1.1 101 ".utf8))
        try await rig.send(Self.ping)
        #expect(try await rig.received() == Self.pong)
    }

    @Test(arguments: ["\tUpgrade", "keep-alive,\tUpgrade", "close, Upgrade", "Upgrade"])
    func `a second request behind an upgrade ends the session`(connection: String) async throws {
        let rig = try await HandshakeRig()
        let second = "GET /again HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try await rig.send((HandshakeRig.upgrade(connection: connection) + second + second).utf8)
        // What the parser left is no frame, and answered with a close; what it took for a request gets no answer.
        #expect(try await rig.received().contains(0x88) || !rig.channel.isActive)
        #expect(rig.served.count == 0)
    }

    @Test func `who ends its side before its request is over is gone`() async throws {
        for request in ["", "GET /ws HTTP/1.1\r\n"] {
            let rig = try await HandshakeRig()
            try await rig.send(request.utf8)
            try await rig.happen { $0.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
            #expect(!rig.channel.isActive)
        }
    }

    @Test func `a frame over the limit is answered with 1009 at its header`() async throws {
        let rig = try await HandshakeRig(maxMessageBytes: 1000)
        try await rig.send(HandshakeRig.upgrade().utf8 + [0x82, 0xFE, 0x03, 0xE9])
        let answer = try await rig.received()
        let close = try #require(answer.firstIndex(of: 0x88))
        #expect(answer[close...].dropFirst(2).starts(with: [0x03, 0xF1]))
    }

    @Test func `an ordinary request makes the connection one of HTTP, once`() async throws {
        let rig = try await HandshakeRig()
        try await rig.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        try await rig.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        #expect(rig.served.count == 1)
        #expect(rig.pending.count == 1)
        try await rig.happen { $0.close(promise: nil) }
    }

    @Test func `the handlers of the handshake don't outlive the upgrade`() async throws {
        let rig = try await HandshakeRig()
        let door = Weak<Door>()
        let timer = Weak<HandshakeTimer>()
        let encoder = Weak<HTTPResponseEncoder>()
        try await rig.happen { channel in
            let pipeline = channel.pipeline.syncOperations
            door.object = try pipeline.handler(type: Door.self)
            timer.object = try pipeline.handler(type: HandshakeTimer.self)
            encoder.object = try pipeline.handler(type: HTTPResponseEncoder.self)
        }
        try await rig.send(HandshakeRig.upgrade().utf8)
        #expect(door.object == nil && timer.object == nil && encoder.object == nil)
    }
}

/// Looks whether something is still there.
// Safety: the one test that has it touches it in one task at a time.
private final class Weak<Object: AnyObject>: @unchecked Sendable {
    weak var object: Object?
}
