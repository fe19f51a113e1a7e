import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@Suite struct PreparedFrameTests {
    @Test(arguments: [0, 1, 125, 126, 127, 65535, 65536, 70_000])
    func `a text of any length reads back as one whole unmasked frame`(length: Int) throws {
        let payload = [UInt8](repeating: 0x61, count: length)
        let frame = try Self.decoded(.text(payload))
        #expect(frame == WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: payload)))
    }

    @Test func `spends two, four or ten bytes on the header`() {
        #expect(PreparedFrame.text(Array(repeating: 0x61, count: 125)).byteCount == 127)
        #expect(PreparedFrame.text(Array(repeating: 0x61, count: 126)).byteCount == 130)
        #expect(PreparedFrame.text(Array(repeating: 0x61, count: 65535)).byteCount == 65539)
        #expect(PreparedFrame.text(Array(repeating: 0x61, count: 65536)).byteCount == 65546)
    }

    @Test func `a pong carries the payload of its ping`() throws {
        let frame = try Self.decoded(.pong(ByteBuffer(bytes: [1, 2])))
        #expect(frame == WebSocketFrame(fin: true, opcode: .pong, data: ByteBuffer(bytes: [1, 2])))
        #expect(try Self.decoded(.ping([3])).opcode == .ping)
    }

    @Test func `a control frame never carries more than 125 bytes`() throws {
        let long = [UInt8](repeating: 1, count: 126)
        #expect(try Self.decoded(.ping(long)).length == 125)
        #expect(try Self.decoded(.pong(ByteBuffer(bytes: long))).length == 125)
    }

    @Test func `a close frame says its code and its reason`() throws {
        var data = try Self.decoded(.close(.tooSlow, reason: "too slow")).data
        #expect(data.readInteger(as: UInt16.self) == 4008)
        #expect(String(buffer: data) == "too slow")
    }

    @Test func `a long reason is cut at a character to 123 bytes`() throws {
        let ascii = String(repeating: "x", count: 200)
        #expect(try Self.reason(of: .close(.normal, reason: ascii)) == String(repeating: "x", count: 123))
        let wide = "x" + String(repeating: "é", count: 100)
        #expect(try Self.reason(of: .close(.normal, reason: wide)) == "x" + String(repeating: "é", count: 61))
        let family = String(repeating: "x", count: 120) + "👨‍👩‍👧"
        #expect(try Self.reason(of: .close(.normal, reason: family)) == String(repeating: "x", count: 120))
    }

    @Test func `an echo says the peer's code, or none where it gave none`() throws {
        #expect(try Self.decoded(.closeEcho(code: 1001)).data == ByteBuffer(integer: UInt16(1001)))
        #expect(try Self.decoded(.closeEcho(code: nil)).data == ByteBuffer())
    }

    private static func reason(of frame: PreparedFrame) throws -> String {
        String(buffer: try Self.decoded(frame).data.getSlice(at: 2, length: frame.byteCount - 4) ?? ByteBuffer())
    }

    private static func decoded(_ frame: PreparedFrame) throws -> WebSocketFrame {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)))
        try channel.writeInbound(frame.buffer)
        let decoded = try #require(try channel.readInbound(as: WebSocketFrame.self))
        #expect(try channel.finish().isClean)
        return decoded
    }
}

@Suite struct CloseCodeTests {
    @Test func `the decoder's errors have codes`() {
        #expect(closeCode(for: NIOWebSocketError.invalidFrameLength) == .tooLarge)
        #expect(closeCode(for: NIOWebSocketError.fragmentedControlFrame) == .protocolError)
        #expect(closeCode(for: NIOWebSocketError.multiByteControlFrameLength) == .protocolError)
    }

    @Test func `no code that is sent stands for a vanished socket`() {
        #expect(CloseCode(rawValue: CloseCode.vanished) == nil)
    }
}
