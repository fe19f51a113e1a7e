import NIOCore
import NIOWebSocket

/// What a `WebSocketClient` heard from its server.
package enum WebSocketClientEvent: Sendable, Equatable {
    /// A text message.
    case text(String)
    /// A binary message.
    case binary([UInt8])
    /// A ping, whether or not the client answered it.
    case ping([UInt8])
    /// A pong.
    case pong([UInt8])
    /// A close frame; no code where it had none.
    case close(code: UInt16?, reason: String)
    /// A frame that this server must never send: masked, fragmented, reserved bits, text that isn't UTF-8.
    case broken(String)
    /// The connection is over, by whichever end; every later event is the same.
    case ended

    init(_ frame: WebSocketFrame) {
        let isWhole = frame.fin && frame.maskKey == nil && !(frame.rsv1 || frame.rsv2 || frame.rsv3)
        self = isWhole ? Self(whole: frame) : .broken("\(frame)")
    }

    private init(whole frame: WebSocketFrame) {
        let bytes = Array(frame.data.readableBytesView)
        switch frame.opcode {
        case .text: self = String(validating: bytes, as: UTF8.self).map { .text($0) } ?? .broken("\(frame)")
        case .binary: self = .binary(bytes)
        case .ping: self = .ping(bytes)
        case .pong: self = .pong(bytes)
        case .connectionClose: self = Self.close(frame.data)
        default: self = .broken("\(frame)")
        }
    }

    private static func close(_ payload: ByteBuffer) -> WebSocketClientEvent {
        var payload = payload
        let code = payload.readInteger(as: UInt16.self)
        return .close(code: code, reason: String(buffer: payload))
    }
}

/// Why a `WebSocketClient` can't go on.
package enum WebSocketClientError: Error, Equatable {
    /// No connection, or it broke before there was an answer.
    case notConnected(String)
    /// The server answered with something else than a right 101.
    case refused(WebSocketClientAnswer)
    /// Nothing came, or nothing was taken, for as long as the test was ready to wait.
    case deadline(String)
    /// The test took too few of the events: the inbox was full, and the client closed.
    case inboxFull(limit: Int)
    /// Something else came than what the test waits for.
    case unexpected(WebSocketClientEvent)
    /// The socket failed.
    case socket(String)
}
