import NIOWebSocket

/// A status code that the server sends in a close frame: RFC 6455 §7.4.1, the IANA registry, and contract §3.6.
package enum CloseCode: UInt16, Sendable, CaseIterable {
    /// Closed on purpose, by the operator.
    case normal = 1000
    /// The peer broke the framing rules of RFC 6455.
    case protocolError = 1002
    /// A text message or a close reason wasn't UTF-8 (RFC 6455 §8.1).
    case invalidData = 1007
    /// The peer sent more frames than its rate allows.
    case policyViolation = 1008
    /// The peer's message was over the limit.
    case tooLarge = 1009
    /// The session failed and could not be restarted.
    case sessionFailed = 1011
    /// The server stops or restarts: come back with jitter.
    case restarting = 1012
    /// The peer took too long to take what it was owed.
    case tooSlow = 4008
    /// The peer's pong was late.
    case noPong = 4012

    /// What stands for a socket that went without a close frame; no frame may carry it (RFC 6455 §7.1.5).
    package static let vanished: UInt16 = 1006
}

/// The code that answers an error of NIO's frame decoder.
///
/// After such an error the decoder yields no frame any more: every further read brings another error, so that only the
/// first one is to be answered.
package func closeCode(for error: any Error) -> CloseCode {
    switch error {
    case NIOWebSocketError.invalidFrameLength: .tooLarge
    default: .protocolError
    }
}
