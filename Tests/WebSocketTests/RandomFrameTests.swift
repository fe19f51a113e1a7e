import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

/// SplitMix64: the same numbers on each run, so that a failure can be had again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct RandomFrameTests {
    private static let alphabet = Array(#"{}[]:,"\ eventtypeping"#.utf8) + [0x03, 0xE8, 0xC3, 0x28, 0xF0, 0x9F, 0xFF]

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random frames never trap, and nothing follows the end`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        var peer = Peer(maxMessageBytes: 300, dataFramesPerSecond: 50)
        var hasEnded = false
        for _ in 0..<100 {
            let action = peer.send(Self.frame(using: &generator))
            if hasEnded { #expect(action == .ignored) }
            switch action {
            case .violation, .peerClosed: hasEnded = true
            default: break
            }
            peer.wait(.milliseconds(Int.random(in: -5...50, using: &generator)))
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `random bytes never trap the decoder and the rules, and are refused by a code`(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 300)))
        var peer = Peer(maxMessageBytes: 300)
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                UInt8.random(in: 0...UInt8.max, using: &generator)
            }
            do {
                try channel.writeInbound(ByteBuffer(bytes: bytes))
            } catch {
                #expect([.protocolError, .tooLarge].contains(closeCode(for: error)))
            }
            while let frame = try channel.readInbound(as: WebSocketFrame.self) { _ = peer.send(frame) }
        }
        _ = try? channel.finish()
    }

    private static func frame(using generator: inout SplitMix) -> WebSocketFrame {
        let isCareful = Int.random(in: 0..<20, using: &generator) > 0
        let opcodes: [WebSocketOpcode] = isCareful ? [.text, .binary, .continuation, .ping] : WebSocketOpcode.allCases
        let payload = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
            Self.alphabet.randomElement(using: &generator) ?? 0
        }
        var frame = WebSocketFrame.masked(
            opcodes.randomElement(using: &generator) ?? .text,
            isCareful ? payload.filter { $0 < 0x80 } : payload,
            fin: Bool.random(using: &generator)
        )
        frame.rsv2 = !isCareful && Bool.random(using: &generator)
        if Int.random(in: 0..<50, using: &generator) == 0 { frame.maskKey = nil }
        return frame
    }
}
