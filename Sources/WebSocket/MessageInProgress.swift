import NIOCore

/// What must be known of a message until its last fragment is there.
struct MessageInProgress: Sendable {
    /// The text's beginning: one byte more than an application ping may have, so that a longer text is none.
    private var beginning: [UInt8] = []
    private(set) var byteCount = 0
    private var validator = UTF8Validator()
    let kind: InboundAction.MessageKind

    init(kind: InboundAction.MessageKind) {
        self.kind = kind
    }

    /// What the message, now whole, means to the session.
    var action: InboundAction {
        guard self.kind == .text, let ping = ApplicationPing(self.beginning) else { return .message(self.kind) }
        return .answerApplicationPing(event: ping.isEvent)
    }

    /// Takes a fragment's payload, unmasked; false: the message is a text and not UTF-8 (RFC 6455 §8.1).
    mutating func append(_ payload: ByteBuffer, isLast: Bool) -> Bool {
        self.byteCount += payload.readableBytes
        guard self.kind == .text else { return true }
        let bytes = payload.readableBytesView
        self.beginning += bytes.prefix(ApplicationPing.maximumBytes + 1 - self.beginning.count)
        return self.validator.accept(bytes) && (self.validator.isComplete || !isLast)
    }
}
