import NIOCore
import NIOWebSocket
import WebSocket

/// The socket of a session and all that outlives the session's actor: mailbox, inbound rules, heartbeat, counters, lease.
///
/// It exists from the admission on, before the 101: frames are taken into the mailbox until the handler is in the
/// pipeline. A frame leaves the mailbox only for the kernel, or with the one piece that NIO holds until the kernel takes
/// it: the channel counts as writable only while NIO holds nothing, or a single byte (`SocketBuffers`).
// Safety: every stored property is touched on the channel's event loop only; NIO calls handlers there, and the shard and
// the session, which make all other calls, have that event loop as their executor.
final class SessionChannel: ChannelInboundHandler, SessionTransport, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// What is known of the client.
    let facts: SessionFacts
    /// What has gone over the socket.
    private(set) var counters = SessionCounters()
    /// What the socket has not taken.
    private(set) var outlet: Outlet
    /// The close that has begun, ours or the peer's; nil while there is none.
    private(set) var closing: (code: UInt16, reason: String)?
    /// When the socket was last written to.
    private(set) var lastWrite: ContinuousClock.Instant?

    /// What stands for a close frame without a code (RFC 6455 §7.1.5).
    private static let noStatus: UInt16 = 1005

    private let channel: any Channel
    private let shard: SessionShard
    private var lease: AdmissionLease?
    private var rules: InboundRules
    private var pulse: Heartbeat
    private var context: ChannelHandlerContext?
    /// While this writes, the channel's changes of writability are its own doing.
    private var isWriting = false
    /// Whether NIO holds a single byte, at which it still calls the channel writable: its mark can't be lower.
    private var holdsByte = false

    /// Past NIO to the kernel; nil before the handler is in the pipeline, and for a channel that is no socket.
    var socket: KernelSocket?

    /// Holds the admission from now until `ended()`.
    init(
        channel: any Channel,
        shard: SessionShard,
        facts: SessionFacts,
        lease: AdmissionLease?,
        settings: SessionSettings,
        awaitsSnapshot: Bool
    ) {
        self.channel = channel
        self.shard = shard
        self.facts = facts
        self.lease = lease
        self.outlet = Outlet(settings: settings, awaitsSnapshot: awaitsSnapshot)
        self.rules = InboundRules(limits: settings.inbound, now: facts.since)
        self.pulse = Heartbeat(limits: settings.heartbeat, now: Moment(facts.since))
    }

    /// The last measured round trip of a ping.
    var roundTrip: Duration? { self.pulse.roundTrip }

    /// Whether the socket is still there to be written to.
    var isAlive: Bool { self.channel.isActive }

    /// Whether the socket can be given bytes past this: it is open, nothing waits for it anywhere, nothing is to end it.
    var isCaughtUp: Bool {
        guard let context = self.context, self.socket != nil, self.closing == nil else { return false }
        return self.outlet.isIdle && self.isClear(context)
    }

    /// Whether the socket is there and NIO holds nothing that what is sent past it would overtake.
    private func isClear(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isActive && context.channel.isWritable && !self.holdsByte
    }

    /// Whether the socket would take what waits, but the push rate doesn't let it go yet.
    var isHeldBack: Bool { self.outlet.isHeldBack && self.context.map(self.isClear) == true }

    /// Whether a snapshot is awaited; not after a close frame, which no data frame may follow (RFC 6455 §5.5.1).
    var awaitsSnapshot: Bool { self.outlet.mailbox.awaitsSnapshot && self.closing == nil }

    /// Gives the admission back and forgets what was owed: the socket is gone.
    func ended() {
        self.context = nil
        self.outlet.removeAll()
        self.lease?.end()
        self.lease = nil
    }

    /// Lets a snapshot go out, taken after all that was delivered.
    func begin(with snapshot: ActiveSnapshot) {
        self.outlet.begin(with: snapshot.frames)
    }

    /// Ends the connection of a session that can't be restarted, after the grace, whatever becomes of its actor.
    func evict() {
        let channel = self.channel
        channel.eventLoop.scheduleTask(in: TimeAmount(SessionMachine.closeGrace)) { channel.close(promise: nil) }
    }
}

// MARK: Events of the channel
extension SessionChannel {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.socket = self.socket ?? KernelSocket(of: context)
        self.shard.assumeIsolated {
            $0.attached(self)
            $0.becameWritable(self.facts.id)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.shard.assumeIsolated { $0.detached(self) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = self.unwrapInboundIn(data)
        if !frame.opcode.isControlOpcode, frame.fin { self.counters.messagesReceived += 1 }
        self.shard.assumeIsolated { $0.received(frame, from: self.facts.id) }
    }

    /// Called before the descriptor's number can be another's: nothing may be sent past NIO from here on.
    func channelInactive(context: ChannelHandlerContext) {
        self.socket = nil
        self.shard.assumeIsolated { $0.lost(self.facts.id) }
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, !self.isWriting else { return }
        self.shard.assumeIsolated { $0.becameWritable(self.facts.id) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Half-closure is allowed on every child channel, so that the end of the peer's side comes as an event. The quiescing
        // event of a server that stops is ignored: the drain is ours.
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is NIOWebSocketError else { return context.close(promise: nil) }
        self.shard.assumeIsolated { $0.undecodable(closeCode(for: error), from: self.facts.id) }
    }
}

// MARK: What the session asks for
extension SessionChannel {
    func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Mailbox.Outcome {
        let outcome = self.outlet.offer(frame, now: now)
        if outcome == .conflated { self.counters.conflated += 1 }
        return outcome
    }

    func pump(now: ContinuousClock.Instant) -> Bool {
        guard let context = self.context else { return false }
        while self.isClear(context), let piece = self.outlet.nextPiece(now: Moment(now)) {
            self.counters.messagesSent += piece.messages
            self.write(piece.bytes, context: context, promise: nil, now: now)
        }
        return self.outlet.mailbox.isEmpty
    }

    func judge(_ frame: WebSocketFrame, now: ContinuousClock.Instant) -> InboundAction {
        self.rules.received(frame, now: now, limits: self.shard.settings.inbound)
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

    func pongReceived(_ payload: UInt64?, now: ContinuousClock.Instant) {
        self.pulse.pongReceived(payload: payload, now: Moment(now), limits: self.shard.settings.heartbeat)
    }

    func write(_ frame: PreparedFrame) {
        self.write(frame, promise: nil)
    }

    func ping(_ payload: UInt64) {
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess { self.pulse.pingWritten(now: .now) }
        self.write(.ping(withUnsafeBytes(of: payload.bigEndian, Array.init)), promise: promise)
    }

    func sendClose(_ code: CloseCode, reason: String) {
        self.closing = (code.rawValue, reason)
        self.outlet.removeAll()
        self.write(.close(code, reason: reason), promise: nil)
    }

    func answerClose(_ code: UInt16?) {
        self.closing = (code ?? Self.noStatus, "closed by the client")
        self.outlet.removeAll()
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in self.disconnect() }
        self.write(.closeEcho(code: code), promise: promise)
    }

    func disconnect() {
        self.channel.close(promise: nil)
    }

    private func write(_ frame: PreparedFrame, promise: EventLoopPromise<Void>?) {
        guard let context = self.context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.write(frame.buffer, context: context, promise: promise, now: .now)
    }

    /// Gives whole frames to the kernel, or what it doesn't take of them to NIO, which waits until it does.
    private func write(
        _ frames: ByteBuffer,
        context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?,
        now: ContinuousClock.Instant
    ) {
        self.counters.bytesSent += frames.readableBytes
        self.lastWrite = now
        var rest = frames
        if promise == nil, self.isClear(context), let socket = self.socket {
            rest.moveReaderIndex(forwardBy: frames.withUnsafeReadableBytes(socket.send))
            guard rest.readableBytes > 0 else { return }
        }
        self.hand(rest, to: context, promise: promise)
    }

    private func hand(_ bytes: ByteBuffer, to context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        self.isWriting = true
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: promise ?? self.awaitByte(bytes))
        self.isWriting = false
        let pending = self.pending
        self.pulse.observe(taken: self.counters.bytesSent - pending, pending: pending, now: .now)
    }

    /// Bytes that NIO holds.
    private var pending: Int { (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

    /// No event tells that a single byte has gone: the channel was writable all the time.
    private func awaitByte(_ bytes: ByteBuffer) -> EventLoopPromise<Void>? {
        guard bytes.readableBytes == 1 else { return nil }
        self.holdsByte = true
        let promise = self.channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenSuccess {
            self.holdsByte = false
            if !self.isWriting { self.shard.assumeIsolated { $0.becameWritable(self.facts.id) } }
        }
        return promise
    }
}

// MARK: What went to the socket past the mailbox
extension SessionChannel {
    /// Counts what the shard has sent.
    func wasSent(_ count: SentCount, last: ContinuousClock.Instant?) {
        self.counters.messagesSent += count.messages
        self.counters.bytesSent += count.bytes
        self.counters.conflated += count.conflated
        if count.messages > 0 { self.lastWrite = last }
    }

    /// Takes over what waited for the session among those that were caught up, unless it is being closed.
    func inherit(_ outlet: Outlet) {
        if self.closing == nil { self.outlet = outlet }
    }

    /// Lets what is owed go out before the session ends, whatever its push rate.
    func liftRate() {
        self.outlet.liftRate()
    }

    /// Takes this for the bytes that wait.
    func recount(to bytes: Int) {
        self.outlet.recount(to: bytes)
    }

    /// Goes on where the kernel stopped: what it has begun goes to NIO, which waits until it is taken.
    func goOn(after cut: CaughtUpSessions.Cut, now: ContinuousClock.Instant) {
        self.wasSent(cut.sent, last: now)
        self.outlet.skipped(through: cut.lastSent)
        guard let begun = cut.begun, let context = self.context else { return }
        self.hand(begun, to: context, promise: nil)
    }
}
