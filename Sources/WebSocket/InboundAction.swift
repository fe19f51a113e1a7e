package import NIOCore

/// What a session does about a frame that came in.
package enum InboundAction: Sendable, Equatable {
    /// The two kinds of messages (RFC 6455 §5.6).
    package enum MessageKind: Sendable {
        /// UTF-8 text.
        case text
        /// Any bytes.
        case binary
    }

    /// Nothing: a part of a message whose end is to come, or anything after the end of the conversation.
    case ignored
    /// A whole message that means nothing here: to be counted.
    case message(MessageKind)
    /// A ping frame: to be answered with a pong of the same payload.
    case answerPing(ByteBuffer)
    /// A pong frame.
    case pong(ByteBuffer)
    /// A ping in a text message, also to be counted as one: to be answered in kind (contract §3.4).
    case answerApplicationPing(event: Bool)
    /// The peer's close frame: to be echoed, and the socket closed.
    case peerClosed(code: UInt16?, reason: String)
    /// The peer broke a rule: the session ends with this code, and this reason for logs and close frame.
    case violation(CloseCode, reason: String)
}
