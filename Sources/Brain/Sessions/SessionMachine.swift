package import WebSocket

/// The life of a session from its 101 to the end of its socket.
///
/// | state | can become | by |
/// | --- | --- | --- |
/// | open | draining | the daemon stops: what is owed goes out first |
/// | open, draining | closing | a violation, a stall, an administrator, a full mailbox, or nothing owed any more |
/// | open, draining | answered | the peer's close, whose answer may have to wait for the socket |
/// | any of these | ended | the socket's end, the peer's answer to our close, or the end of the grace without either |
package struct SessionMachine {
    /// What the session has to do after an event.
    package enum Action: Equatable, Sendable {
        case none
        /// Write what is owed, then ask again with `emptied()`.
        case flush
        /// Forget what is owed, write a close frame, wait for the peer's.
        case sendClose(CloseCode, reason: String)
        /// Answer the peer's close frame, then end the connection.
        case answerClose(UInt16?)
        /// End the connection.
        case disconnect
    }

    private enum State {
        case open
        case draining(CloseCode, reason: String)
        case closing(since: ContinuousClock.Instant)
        case answered(since: ContinuousClock.Instant)
        case ended
    }

    /// How long the peer has to answer a close frame, or to take the answer to its own.
    ///
    /// RFC 6455 §7.1.1 leaves it to the server.
    package static let closeGrace = Duration.seconds(2)

    private var state = State.open

    /// Starts open.
    package init() {}

    /// Whether frames are still delivered.
    package var takesFrames: Bool {
        switch self.state {
        case .open, .draining: true
        case .closing, .answered, .ended: false
        }
    }

    /// When `ticked` has something to say, unless an event comes before; nil while only an event can.
    ///
    /// It is set once, when the close begins.
    package var nextDeadline: Moment? {
        self.closeBegan.map { Moment($0 + Self.closeGrace) }
    }

    private var closeBegan: ContinuousClock.Instant? {
        switch self.state {
        case .closing(let since), .answered(let since): since
        case .open, .draining, .ended: nil
        }
    }

    /// A reason on our side to close at once.
    package mutating func closeRequested(
        _ code: CloseCode,
        reason: String,
        now: ContinuousClock.Instant
    ) -> Action {
        guard self.takesFrames else { return .none }
        self.state = .closing(since: now)
        return .sendClose(code, reason: reason)
    }

    /// The daemon stops: the client gets what it is owed, then the close.
    package mutating func drainRequested(_ code: CloseCode, reason: String) -> Action {
        guard case .open = self.state else { return .none }
        self.state = .draining(code, reason: reason)
        return .flush
    }

    /// The mailbox is empty: the close frame can follow what the socket has been given.
    package mutating func emptied(now: ContinuousClock.Instant) -> Action {
        guard case .draining(let code, let reason) = self.state else { return .none }
        self.state = .closing(since: now)
        return .sendClose(code, reason: reason)
    }

    /// The peer's close frame: an answer to ours, or to be answered.
    package mutating func peerClosed(code: UInt16?, now: ContinuousClock.Instant) -> Action {
        switch self.state {
        case .open, .draining:
            self.state = .answered(since: now)
            return .answerClose(code)
        case .closing:
            self.state = .ended
            return .disconnect
        case .answered, .ended: return .none
        }
    }

    /// Looks at the clock: a peer that doesn't answer the close, or doesn't take the answer to its own, is cut off.
    package mutating func ticked(now: ContinuousClock.Instant) -> Action {
        guard let since = self.closeBegan, now - since >= Self.closeGrace else { return .none }
        self.state = .ended
        return .disconnect
    }
}
