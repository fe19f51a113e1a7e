package import NIOCore

/// One whole frame, ready for any number of sockets: an unmasked header and its payload in one immutable buffer.
///
/// Copies share the bytes, so that a broadcast costs one encoding whatever the number of its receivers.
package struct PreparedFrame: Sendable, Equatable {
    /// The frame's bytes as they go over the wire (RFC 6455 §5.2), unmasked, as a server's frames are (§5.1).
    package let buffer: ByteBuffer

    /// The size on the wire in bytes, header included.
    package var byteCount: Int { self.buffer.readableBytes }

    /// A text message; the payload has to be UTF-8.
    package static func text(_ payload: [UInt8]) -> PreparedFrame {
        Self(opcode: 0x1, payload: payload)
    }

    /// A ping; of the payload, the first 125 bytes are sent (RFC 6455 §5.5).
    package static func ping(_ payload: [UInt8] = []) -> PreparedFrame {
        Self(opcode: 0x9, payload: payload.prefix(Self.controlPayloadLimit))
    }

    /// The answer to a ping, with the ping's own payload; of it, the first 125 bytes are sent (RFC 6455 §5.5.3).
    package static func pong(_ payload: ByteBuffer) -> PreparedFrame {
        Self(opcode: 0xA, payload: payload.readableBytesView.prefix(Self.controlPayloadLimit))
    }

    /// A close frame; the reason is cut at a character to the 123 bytes that a control frame has room for.
    package static func close(_ code: CloseCode, reason: String) -> PreparedFrame {
        var payload = ByteBuffer(integer: code.rawValue)
        payload.writeString(Self.cut(reason, toBytes: Self.controlPayloadLimit - payload.readableBytes))
        return Self(opcode: 0x8, payload: payload.readableBytesView)
    }

    /// The answer to a peer's close frame: its own code, or none where it gave none (RFC 6455 §5.5.1).
    package static func closeEcho(code: UInt16?) -> PreparedFrame {
        Self(opcode: 0x8, payload: (code.map { ByteBuffer(integer: $0) } ?? ByteBuffer()).readableBytesView)
    }

    /// RFC 6455 §5.5.
    private static let controlPayloadLimit = 125

    private init(opcode: UInt8, payload: some Collection<UInt8>) {
        let length = payload.count
        var buffer = ByteBufferAllocator().buffer(capacity: length + 10)
        buffer.writeInteger(0x80 | opcode)
        switch length {
        case 0...125:
            buffer.writeInteger(UInt8(length))
        case 126...0xFFFF:
            buffer.writeMultipleIntegers(UInt8(126), UInt16(length))
        default:
            buffer.writeMultipleIntegers(UInt8(127), UInt64(length))
        }
        buffer.writeBytes(payload)
        self.buffer = buffer
    }

    private static func cut(_ text: String, toBytes limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var kept = ""
        for character in text {
            guard kept.utf8.count + character.utf8.count <= limit else { break }
            kept.append(character)
        }
        return kept
    }
}
