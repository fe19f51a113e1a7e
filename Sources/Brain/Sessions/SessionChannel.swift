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
final class SessionChannel: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    /// What is known of the client.
    let facts: SessionFacts
    /// What has gone over the socket.
    var counters = SessionCounters()
    /// What the socket has not taken.
    var outlet: Outlet
    /// What the socket has not taken of the answers to pings.
    var pongs = OwedPongs()
    /// The close that has begun, ours or the peer's; nil while there is none.
    var closing: (code: UInt16, reason: String)?
    /// When the socket was last written to.
    var lastWrite: ContinuousClock.Instant?

    let channel: any Channel
    let shard: SessionShard
    private var lease: AdmissionLease?
    private var rules: InboundRules
    var pulse: Heartbeat
    var context: ChannelHandlerContext?
    /// While this writes, the channel's changes of writability are its own doing.
    var isWriting = false
    /// Whether NIO holds a single byte, at which it still calls the channel writable: its mark can't be lower.
    var holdsByte = false

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
        return self.outlet.isIdle && self.pongs.isEmpty && self.isClear(context)
    }

    /// Whether the socket is there and NIO holds nothing that what is sent past it would overtake.
    func isClear(_ context: ChannelHandlerContext) -> Bool {
        context.channel.isActive && context.channel.isWritable && !self.holdsByte
    }

    /// Whether the socket would take what waits, but the push rate doesn't let it go yet.
    var isHeldBack: Bool { self.outlet.isHeldBack && self.context.map(self.isClear) == true }

    /// Whether a snapshot is awaited; not after a close frame, which no data frame may follow (RFC 6455 §5.5.1).
    var awaitsSnapshot: Bool { self.outlet.mailbox.awaitsSnapshot && self.closing == nil }

    /// Tells the admission that a census has found its session; false where there is none any more.
    func found(inCensus census: Int) -> Bool {
        self.lease?.found(inCensus: census)
        return self.lease != nil
    }

    /// Gives the admission back and forgets what was owed: the socket is gone.
    func ended() {
        self.context = nil
        self.forgetOwed()
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

// MARK: What comes from the client
extension SessionChannel {
    /// Judges a frame by the rules of RFC 6455 and by the limits: once for each, whatever becomes of the session's actor.
    func judge(_ frame: WebSocketFrame, now: ContinuousClock.Instant) -> InboundAction {
        self.rules.received(frame, now: now, limits: self.shard.settings.inbound)
    }

    /// Notes the pong of a ping.
    func pongReceived(_ payload: ByteBuffer, now: ContinuousClock.Instant) {
        let number: UInt64? = payload.getInteger(at: payload.readerIndex)
        self.pulse.pongReceived(payload: number, now: Moment(now), limits: self.shard.settings.heartbeat)
    }
}

// MARK: Events of the channel
extension SessionChannel {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.socket = self.socket ?? KernelSocket(of: context)
        self.writeClose()
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
