import NIOCore
import WebSocket

// MARK: The way to the socket
extension SessionChannel {
    func write(_ frame: PreparedFrame, promise: EventLoopPromise<Void>?) {
        guard let context = self.context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.write(frame.buffer, context: context, promise: promise, now: .now)
    }

    /// Gives whole frames to the kernel, or what it doesn't take of them to NIO, which waits until it does.
    func write(
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
    var pending: Int { (try? self.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }

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
