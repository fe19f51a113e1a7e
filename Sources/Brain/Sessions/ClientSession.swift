package import NIOCore
import Runs
package import WebSocket

/// Why a session's actor has crashed: it is replaced by another on the same socket and mailbox.
package enum SessionFault: Error, Sendable, Equatable {
    /// Planted on purpose, by a test.
    case planted
    /// It did nothing when the shard looked at it.
    case silent
    /// What waits for it doesn't add up.
    case miscounted
}

/// One client: decides what happens on its socket, on the socket's own event loop.
///
/// It owns its state machine and nothing else, so that it can crash and be replaced: every entry point throws a
/// `SessionFault`, and the shard that called it makes another instance on the same transport.
package actor ClientSession {
    private let executor: any SerialExecutor
    private let transport: any SessionTransport
    private var machine = SessionMachine()
    private var ailment: SessionAilment?

    /// The event loop of the socket.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { self.executor.asUnownedSerialExecutor() }

    /// Makes a session in state open.
    package init(on eventLoop: any EventLoop, transport: any SessionTransport) {
        self.executor = eventLoop.executor
        self.transport = transport
    }

    /// Takes new frames and writes what the socket takes; at a full mailbox the client is closed with 4008.
    package func deliver(_ frames: some Sequence<BroadcastFrame>, now: ContinuousClock.Instant) throws(SessionFault) {
        let isWell = try self.isWell()
        guard self.machine.takesFrames else { return }
        for frame in frames where !self.take(frame, now: now) {
            self.close(.tooSlow, reason: "too slow: queue full", now: now)
            return
        }
        if isWell { self.flush(now: now) }
    }

    /// What the socket takes at once doesn't wait: a batch may be larger than the mailbox.
    private func take(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Bool {
        guard self.transport.offer(frame, now: now) == .full else { return true }
        _ = self.transport.pump(now: now)
        return self.transport.offer(frame, now: now) != .full
    }

    /// Answers what a frame of the client's was judged to be; its close, and what breaks a rule, whatever ails the session.
    package func received(_ action: InboundAction, now: ContinuousClock.Instant) throws(SessionFault) {
        let isWell = try self.isWell()
        switch action {
        case .ignored, .message, .pong: break
        case .answerPing(let payload): self.answer(.pong(payload), isWell: isWell, now: now)
        case .answerApplicationPing(let event):
            // Not after the close frame: the answer is a data frame (RFC 6455 §5.5.1).
            guard self.machine.takesFrames else { return }
            let text = RunMessage.pong(event: event, timestamp: WallClock.milliseconds)
            self.answer(.text(text), isWell: isWell, now: now)
        case .peerClosed(let code, _): self.perform(self.machine.peerClosed(code: code, now: now), now: now)
        case .violation(let code, let reason): self.close(code, reason: reason, now: now)
        }
    }

    /// The socket takes bytes again.
    package func becameWritable(now: ContinuousClock.Instant) throws(SessionFault) {
        guard try self.isWell() else { return }
        self.flush(now: now)
    }

    /// Looks at the clock: pings, pongs, stalls, the end of a close.
    package func ticked(now: ContinuousClock.Instant) throws(SessionFault) {
        // The end of a close, too, comes in its time whatever ails the session.
        self.perform(self.machine.ticked(now: now), now: now)
        guard self.machine.takesFrames else { return }
        guard try self.isWell() else { throw .silent }
        switch self.transport.heartbeat(now: now) {
        case .none: self.flush(now: now)
        case .ping(let payload): self.transport.ping(payload)
        case .noPong: self.close(.noPong, reason: "no pong", now: now)
        case .stalled: self.close(.tooSlow, reason: "too slow: the socket takes nothing", now: now)
        }
    }

    /// Closes the session; what it is owed is forgotten.
    package func close(_ code: CloseCode, reason: String, now: ContinuousClock.Instant) {
        self.perform(self.machine.closeRequested(code, reason: reason, now: now), now: now)
    }

    /// Closes the session once it has what it is owed.
    package func drain(_ code: CloseCode, reason: String, now: ContinuousClock.Instant) {
        self.perform(self.machine.drainRequested(code, reason: reason), now: now)
    }

    /// Whether it would do nothing with a frame but write it.
    var takesAll: Bool { self.machine.takesFrames && self.ailment == nil }

    /// Whether it writes what waits as soon as it can go.
    var writes: Bool { self.machine.takesFrames && self.ailment != .hanging }

    /// When the close is overdue, whoever began it; nil while there is none.
    var closeDeadline: Moment? { self.machine.nextDeadline }

    /// Makes the next entry point throw.
    package func plant(_ fault: SessionFault) {
        self.ailment = .failing(fault)
    }

    /// Lets it fall ill.
    func fallIll(_ ailment: SessionAilment) {
        self.ailment = ailment
    }

    /// Is well again, unless it has come down with something else meanwhile.
    func recover(from ailment: SessionAilment) {
        if self.ailment == ailment { self.ailment = nil }
    }

    /// Whether an entry point is to do anything.
    private func isWell() throws(SessionFault) -> Bool {
        switch self.ailment {
        case nil: break
        case .failing(let fault):
            self.ailment = nil
            throw fault
        case .hanging: return false
        case .slow: SessionAilment.holdUp()
        }
        return true
    }

    private func flush(now: ContinuousClock.Instant) {
        if self.transport.pump(now: now) {
            self.perform(self.machine.emptied(now: now), now: now)
        }
    }

    /// What the socket doesn't take at once waits for it, and for the next instance where this one hangs.
    private func answer(_ pong: PreparedFrame, isWell: Bool, now: ContinuousClock.Instant) {
        self.transport.owe(pong)
        if isWell { self.flush(now: now) }
    }

    private func perform(_ action: SessionMachine.Action, now: ContinuousClock.Instant) {
        switch action {
        case .none: break
        case .flush: self.flush(now: now)
        case .sendClose(let code, let reason): self.transport.sendClose(code, reason: reason)
        case .answerClose(let code): self.transport.answerClose(code)
        case .disconnect: self.transport.disconnect()
        }
    }
}
