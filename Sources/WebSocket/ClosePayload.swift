import NIOCore

/// What a peer's close frame says (RFC 6455 §5.5.1).
enum ClosePayload: Equatable {
    case none
    case code(UInt16, reason: String)
    case malformed(CloseCode, reason: String)

    init(_ payload: ByteBuffer) {
        guard payload.readableBytes > 0 else {
            self = .none
            return
        }
        var payload = payload
        guard let code = payload.readInteger(as: UInt16.self), Self.mayBeSent(code) else {
            self = .malformed(.protocolError, reason: "invalid close code")
            return
        }
        guard let reason = String(validating: payload.readableBytesView, as: UTF8.self) else {
            self = .malformed(.invalidData, reason: "close reason is not UTF-8")
            return
        }
        self = .code(code, reason: reason)
    }

    /// RFC 6455 §7.4.1 and §7.4.2, and the IANA registry for 1012 to 1014.
    ///
    /// 1004 is reserved, 1005, 1006 and 1015 never stand in a frame, 3000 to 3999 are registered by libraries, 4000 to
    /// 4999 private.
    private static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
