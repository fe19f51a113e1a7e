import NIOCore
import NIOWebSocket
import WebSocket

/// A peer of `InboundRules` with a clock that moves by hand.
struct Peer {
    private let limits: InboundLimits
    private var rules: InboundRules
    private var now: ContinuousClock.Instant

    init(maxMessageBytes: Int = 1000, dataFramesPerSecond: Double = 0) {
        self.limits = InboundLimits(maxMessageBytes: maxMessageBytes, dataFramesPerSecond: dataFramesPerSecond)
        self.now = .now
        self.rules = InboundRules(limits: self.limits, now: self.now)
    }

    mutating func wait(_ duration: Duration) {
        self.now += duration
    }

    mutating func send(_ frame: WebSocketFrame) -> InboundAction {
        self.rules.received(frame, now: self.now, limits: self.limits)
    }

    mutating func send(
        _ opcode: WebSocketOpcode,
        _ payload: some Sequence<UInt8>,
        fin: Bool = true
    ) -> InboundAction {
        self.send(.masked(opcode, payload, fin: fin))
    }

    mutating func send(text: String) -> InboundAction {
        self.send(.text, text.utf8)
    }
}

extension WebSocketFrame {
    /// A frame as it comes from a client: its payload masked.
    static func masked(_ opcode: WebSocketOpcode, _ payload: some Sequence<UInt8>, fin: Bool = true) -> WebSocketFrame {
        let key: WebSocketMaskingKey = [0x37, 0xFA, 0x21, 0x3D]
        var data = ByteBuffer(bytes: payload)
        data.webSocketMask(key)
        return WebSocketFrame(fin: fin, opcode: opcode, maskKey: key, data: data)
    }
}

extension InboundAction {
    /// The code of a violation; nil for anything else.
    var violatedCode: CloseCode? {
        guard case .violation(let code, _) = self else { return nil }
        return code
    }
}
