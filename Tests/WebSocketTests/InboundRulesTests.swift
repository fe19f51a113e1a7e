import NIOCore
import NIOWebSocket
import Testing
import WebSocket

@Suite struct InboundRulesTests {
    @Test func `counts text and binary messages`() {
        var peer = Peer()
        #expect(peer.send(text: "hello") == .message(.text))
        #expect(peer.send(.binary, [0xFF, 0xFE]) == .message(.binary))
        #expect(peer.send(text: "") == .message(.text))
    }

    @Test func `answers a ping with its own payload, unmasked`() {
        var peer = Peer()
        #expect(peer.send(.ping, [1, 2, 3]) == .answerPing(ByteBuffer(bytes: [1, 2, 3])))
    }

    @Test func `reports a pong with its payload`() {
        var peer = Peer()
        #expect(peer.send(.pong, [7]) == .pong(ByteBuffer(bytes: [7])))
    }

    @Test func `refuses a frame without a mask`() {
        var peer = Peer()
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "hello"))
        #expect(peer.send(frame) == .violation(.protocolError, reason: "frame not masked"))
    }

    @Test(arguments: 1...3)
    func `refuses a reserved bit`(bit: Int) {
        var peer = Peer()
        var frame = WebSocketFrame.masked(.text, "hello".utf8)
        frame.rsv1 = bit == 1
        frame.rsv2 = bit == 2
        frame.rsv3 = bit == 3
        #expect(peer.send(frame) == .violation(.protocolError, reason: "reserved bit set"))
    }

    @Test(arguments: WebSocketOpcode.allCases.dropFirst(3).filter { ![8, 9, 10].contains(UInt8(webSocketOpcode: $0)) })
    func `refuses an opcode that RFC 6455 reserves`(opcode: WebSocketOpcode) {
        var peer = Peer()
        #expect(peer.send(opcode, []) == .violation(.protocolError, reason: "unknown opcode"))
    }

    @Test(arguments: [WebSocketOpcode.ping, .pong, .connectionClose])
    func `refuses a fragmented control frame, and one over 125 bytes`(opcode: WebSocketOpcode) {
        var peer = Peer()
        #expect(peer.send(opcode, [], fin: false).violatedCode == .protocolError)
        peer = Peer()
        #expect(peer.send(opcode, Array(repeating: 3, count: 126)).violatedCode == .protocolError)
        peer = Peer()
        #expect(peer.send(.ping, Array(repeating: 3, count: 125)).violatedCode == nil)
    }

    @Test func `takes a message in fragments, with control frames between them`() {
        var peer = Peer()
        #expect(peer.send(.text, "he".utf8, fin: false) == .ignored)
        #expect(peer.send(.ping, []) == .answerPing(ByteBuffer()))
        #expect(peer.send(.continuation, "ll".utf8, fin: false) == .ignored)
        #expect(peer.send(.continuation, "o".utf8) == .message(.text))
        #expect(peer.send(.binary, [0xFF]) == .message(.binary))
    }

    @Test(arguments: [WebSocketOpcode.text, .binary])
    func `refuses a message that starts within another`(opcode: WebSocketOpcode) {
        var peer = Peer()
        _ = peer.send(.binary, [1], fin: false)
        #expect(peer.send(opcode, [2]) == .violation(.protocolError, reason: "message within a message"))
    }

    @Test func `refuses a continuation of nothing, at the start and after a whole message`() {
        var peer = Peer()
        #expect(peer.send(.continuation, []) == .violation(.protocolError, reason: "continuation without a message"))
        peer = Peer()
        _ = peer.send(.text, [], fin: false)
        _ = peer.send(.continuation, [])
        #expect(peer.send(.continuation, []).violatedCode == .protocolError)
    }

    @Test func `takes a message of just the limit, in one frame or many`() {
        var peer = Peer(maxMessageBytes: 10)
        #expect(peer.send(.binary, Array(repeating: 0, count: 10)) == .message(.binary))
        #expect(peer.send(.binary, Array(repeating: 0, count: 6), fin: false) == .ignored)
        #expect(peer.send(.continuation, Array(repeating: 0, count: 4)) == .message(.binary))
    }

    @Test func `refuses fragments that are over the limit together`() {
        var peer = Peer(maxMessageBytes: 10)
        _ = peer.send(.binary, Array(repeating: 0, count: 6), fin: false)
        #expect(peer.send(.continuation, Array(repeating: 0, count: 5), fin: false).violatedCode == .tooLarge)
    }

    @Test func `ignores everything after a violation`() {
        var peer = Peer()
        #expect(peer.send(.continuation, []).violatedCode == .protocolError)
        #expect(peer.send(.continuation, []) == .ignored)
        #expect(peer.send(.ping, []) == .ignored)
    }
}

@Suite struct InboundTextTests {
    @Test func `takes a character that is cut by fragments`() {
        var peer = Peer()
        #expect(peer.send(.text, [0xF0, 0x9F], fin: false) == .ignored)
        #expect(peer.send(.continuation, [], fin: false) == .ignored)
        #expect(peer.send(.continuation, [0x98, 0x80]) == .message(.text))
    }

    @Test func `refuses a text that ends within a character`() {
        var peer = Peer()
        #expect(peer.send(.text, [0x61, 0xE2, 0x82]) == .violation(.invalidData, reason: "text is not UTF-8"))
    }

    @Test func `refuses a broken text at its first broken fragment`() {
        var peer = Peer()
        #expect(peer.send(.text, [0xC3], fin: false) == .ignored)
        #expect(peer.send(.continuation, [0x28], fin: false).violatedCode == .invalidData)
    }

    @Test func `agrees with the standard library on every pair and many longer runs of bytes`() {
        var generator = SplitMix(state: 1)
        let lead: [UInt8] = [0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]
        let next: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        let pairs = (0...UInt8.max).flatMap { first in (0...UInt8.max).map { [first, $0] } }
        let runs = (0..<20_000).map { _ in
            [lead.randomElement(using: &generator) ?? 0]
                + (0..<3).map { _ in next.randomElement(using: &generator) ?? 0 }
        }
        for bytes in pairs + runs + runs.map({ Array($0.prefix(3)) }) {
            var peer = Peer()
            let isText = String(validating: bytes, as: UTF8.self) != nil
            #expect((peer.send(.text, bytes) == .message(.text)) == isText, "\(bytes)")
        }
    }
}

@Suite struct InboundCloseTests {
    @Test func `reports code and reason of a close frame, and ignores what follows`() {
        var peer = Peer()
        #expect(peer.send(.connectionClose, [0x03, 0xE8] + "bye".utf8) == .peerClosed(code: 1000, reason: "bye"))
        #expect(peer.send(text: "more") == .ignored)
    }

    @Test func `takes a close frame without a code, within a message too`() {
        var peer = Peer()
        _ = peer.send(.text, [], fin: false)
        #expect(peer.send(.connectionClose, []) == .peerClosed(code: nil, reason: ""))
    }

    @Test(arguments: [1000, 1003, 1007, 1014, 3000, 4999] as [UInt16])
    func `takes a code that may be sent`(code: UInt16) {
        var peer = Peer()
        #expect(
            peer.send(.connectionClose, ByteBuffer(integer: code).readableBytesView)
                == .peerClosed(code: code, reason: "")
        )
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] as [UInt16])
    func `refuses a code that may not be sent`(code: UInt16) {
        var peer = Peer()
        #expect(peer.send(.connectionClose, ByteBuffer(integer: code).readableBytesView).violatedCode == .protocolError)
    }

    @Test func `refuses half a code, and a reason that is not UTF-8`() {
        var peer = Peer()
        #expect(peer.send(.connectionClose, [0x03]).violatedCode == .protocolError)
        peer = Peer()
        #expect(peer.send(.connectionClose, [0x03, 0xE8, 0xFF]).violatedCode == .invalidData)
    }
}
