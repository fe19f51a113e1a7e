import NIOCore
import WebSocket

// MARK: What the session asks for
extension SessionChannel: SessionTransport {
    /// What stands for a close frame without a code (RFC 6455 §7.1.5).
    private static let noStatus: UInt16 = 1005

    func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Mailbox.Outcome {
        let outcome = self.outlet.offer(frame, now: now)
        if outcome == .conflated { self.counters.conflated += 1 }
        return outcome
    }

    func pump(now: ContinuousClock.Instant) -> Bool {
        guard let context = self.context else { return false }
        while self.isClear(context), let pong = self.pongs.next() {
            self.write(pong.buffer, context: context, promise: nil, now: now)
        }
        while self.isClear(context), let piece = self.outlet.nextPiece(now: Moment(now)) {
            self.counters.messagesSent += piece.messages
            self.write(piece.bytes, context: context, promise: nil, now: now)
        }
        return self.outlet.mailbox.isEmpty && self.pongs.isEmpty
    }

    func heartbeat(now: ContinuousClock.Instant) -> Heartbeat.Action {
        guard self.context != nil else { return .none }
        let pending = self.pending
        return self.pulse.ticked(
            now: Moment(now),
            taken: self.counters.bytesSent - pending,
            pending: pending,
            limits: self.shard.settings.heartbeat
        )
    }

    /// When the heartbeat has to be asked next.
    func nextLook(now: Moment) -> Moment {
        self.pulse.nextLook(now: now, limits: self.shard.settings.heartbeat)
    }

    func owe(_ pong: PreparedFrame) {
        self.pongs.add(pong)
    }

    func ping(_ payload: UInt64) {
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { self.pulse.pingWritten(now: .now) }
        self.write(.ping(withUnsafeBytes(of: payload.bigEndian, Array.init)), promise: promise)
    }

    func sendClose(_ code: CloseCode, reason: String) {
        self.closing = (code.rawValue, reason)
        self.forgetOwed()
        self.writeClose()
    }

    /// Writes the close frame of a close that we began; before the handler is in the pipeline nothing can be written.
    func writeClose() {
        guard let closing = self.closing, let code = CloseCode(rawValue: closing.code) else { return }
        self.write(.close(code, reason: closing.reason), promise: nil)
    }

    func answerClose(_ code: UInt16?) {
        self.closing = (code ?? Self.noStatus, "closed by the client")
        self.forgetOwed()
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.disconnect() }
        self.write(.closeEcho(code: code), promise: promise)
    }

    func disconnect() {
        self.channel.close(promise: nil)
    }

    func forgetOwed() {
        self.outlet.removeAll()
        self.pongs.removeAll()
    }
}
