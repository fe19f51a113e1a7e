package import NIOCore
import NIOWebSocket

/// A frame that a test sends, right or wrong in every field (RFC 6455 §5.2).
package struct WebSocketClientFrame: Sendable {
    /// Four bits: 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    package var opcode: UInt8
    /// The bytes before masking.
    package var payload: [UInt8]
    /// Whether it is the last of its message.
    package var fin = true
    /// RSV1 to RSV3 as three bits, RSV1 the highest.
    package var reservedBits: UInt8 = 0
    /// Whether the payload is masked, as a client's has to be.
    package var isMasked = true
    /// The length that the header claims; nil: the payload's own.
    package var claimedLength: UInt64?

    /// A frame that is right unless it is changed.
    package init(opcode: UInt8, payload: some Sequence<UInt8> = []) {
        self.opcode = opcode
        self.payload = Array(payload)
    }

    /// A close frame with code and reason.
    package static func close(code: UInt16, reason: String = "") -> WebSocketClientFrame {
        let bytes = [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
        return WebSocketClientFrame(opcode: 8, payload: bytes)
    }

    /// The frame as it goes over the wire.
    package var bytes: ByteBuffer {
        var buffer = ByteBuffer(integer: (self.fin ? 0x80 : 0) | (self.reservedBits & 7) << 4 | self.opcode & 0xF)
        self.writeLength(into: &buffer)
        var payload = ByteBuffer(bytes: self.payload)
        if self.isMasked {
            buffer.writeBytes(Self.maskingKey)
            payload.webSocketMask(Self.maskingKey)
        }
        buffer.writeImmutableBuffer(payload)
        return buffer
    }

    /// The key of the examples in RFC 6455 §5.7.
    private static let maskingKey: WebSocketMaskingKey = [0x37, 0xFA, 0x21, 0x3D]

    private func writeLength(into buffer: inout ByteBuffer) {
        let maskBit: UInt8 = self.isMasked ? 0x80 : 0
        let length = self.claimedLength ?? UInt64(self.payload.count)
        switch length {
        case 0...125: buffer.writeInteger(maskBit | UInt8(length))
        case 126...0xFFFF: buffer.writeMultipleIntegers(maskBit | 126, UInt16(length))
        default: buffer.writeMultipleIntegers(maskBit | 127, length)
        }
    }
}
