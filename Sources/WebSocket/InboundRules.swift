import NIOCore
package import NIOWebSocket

/// The rules of RFC 6455 and of the contract (§3.4) for what one peer sends, frame by frame.
///
/// Nothing of a message is kept but its size, the state of its UTF-8 and its first 256 bytes, so that a peer costs the
/// same whatever it sends. After a violation or the peer's close every further frame is ignored (RFC 6455 §5.5.1).
/// NIO's decoder has refused frames over the limit from their header; that all fragments of a message together stay
/// within it is judged here. The limits, which all peers share, are handed in: the rules of one take 52 bytes.
package struct InboundRules: Sendable {
    private enum State {
        /// No message is open; can transition to `message` and `ended`.
        case between
        /// Fragments of a message have come, its end hasn't; can transition to `between` and `ended`.
        case message(MessageInProgress)
        /// The peer closed or broke a rule; final.
        case ended
    }

    private var budget: FrameBudget
    private var state = State.between

    /// Rules for a peer that connected `now`, both of its budgets full.
    package init(limits: InboundLimits, now: ContinuousClock.Instant) {
        self.budget = FrameBudget(limits: limits, now: now)
    }

    /// What to do about a frame as NIO decoded it, its payload still masked.
    ///
    /// - Parameters:
    ///   - frame: what came.
    ///   - now: when it came.
    ///   - limits: those of the start.
    /// - Returns: what the session has to do about it.
    package mutating func received(
        _ frame: WebSocketFrame,
        now: ContinuousClock.Instant,
        limits: InboundLimits
    ) -> InboundAction {
        if case .ended = self.state { return .ignored }
        let action = self.judge(frame, now: now, limits: limits)
        switch action {
        case .violation, .peerClosed: self.state = .ended
        default: break
        }
        return action
    }

    private mutating func judge(
        _ frame: WebSocketFrame,
        now: ContinuousClock.Instant,
        limits: InboundLimits
    ) -> InboundAction {
        if let reason = Self.framingFault(frame) { return .violation(.protocolError, reason: reason) }
        let isControl = frame.opcode.isControlOpcode
        guard self.budget.take(isControl: isControl, now: now, limits: limits) else {
            return .violation(.policyViolation, reason: "too many frames")
        }
        return isControl ? Self.control(frame) : self.data(frame, limit: limits.maxMessageBytes)
    }

    /// What is wrong with a frame by itself: RFC 6455 §5.1 (mask), §5.2 (bits, opcodes), §5.5 (control frames).
    private static func framingFault(_ frame: WebSocketFrame) -> String? {
        if frame.rsv1 || frame.rsv2 || frame.rsv3 { return "reserved bit set" }
        if frame.maskKey == nil { return "frame not masked" }
        switch frame.opcode {
        case .continuation, .text, .binary: return nil
        case .connectionClose, .ping, .pong: break
        default: return "unknown opcode"
        }
        if !frame.fin { return "fragmented control frame" }
        return frame.length > 125 ? "control frame over 125 bytes" : nil
    }

    private static func control(_ frame: WebSocketFrame) -> InboundAction {
        switch frame.opcode {
        case .ping: return .answerPing(frame.unmaskedData)
        case .pong: return .pong(frame.unmaskedData)
        default: break
        }
        switch ClosePayload(frame.unmaskedData) {
        case .none: return .peerClosed(code: nil, reason: "")
        case .code(let code, let reason): return .peerClosed(code: code, reason: reason)
        case .malformed(let code, let reason): return .violation(code, reason: reason)
        }
    }

    /// RFC 6455 §5.4: a message starts with text or binary, goes on with continuations, and no other comes between.
    private mutating func data(_ frame: WebSocketFrame, limit: Int) -> InboundAction {
        switch (self.state, frame.opcode) {
        case (.message(let message), .continuation):
            self.take(frame, into: message, limit: limit)
        case (.message, _):
            .violation(.protocolError, reason: "message within a message")
        case (_, .continuation):
            .violation(.protocolError, reason: "continuation without a message")
        case (_, let opcode):
            self.take(frame, into: MessageInProgress(kind: opcode == .text ? .text : .binary), limit: limit)
        }
    }

    private mutating func take(
        _ frame: WebSocketFrame,
        into message: MessageInProgress,
        limit: Int
    ) -> InboundAction {
        var message = message
        guard frame.length <= limit - message.byteCount else {
            return .violation(.tooLarge, reason: "message over \(limit) bytes")
        }
        guard message.append(frame.unmaskedData, isLast: frame.fin) else {
            return .violation(.invalidData, reason: "text is not UTF-8")
        }
        self.state = frame.fin ? .between : .message(message)
        return frame.fin ? message.action : .ignored
    }
}
