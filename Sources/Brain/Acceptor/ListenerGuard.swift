import NIOCore

/// What the listening socket tells.
enum ListenerNews: Equatable, Sendable {
    /// It accepts nothing for now.
    case paused(AcceptShortage)
    /// It accepts again.
    case resumed
}

/// Keeps the listening socket from accepting while there is nothing to accept with.
///
/// An accept that fails for want of a descriptor leaves the connection in the kernel's queue, so that the socket stays
/// readable: without a rest the event loop would try again in each turn, and have no time for anyone else.
final class ListenerGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private var pause = AcceptPause()
    private var rest: Scheduled<Void>?
    private let tell: @Sendable (ListenerNews) -> Void

    /// - Parameter tell: takes what is news.
    init(tell: @escaping @Sendable (ListenerNews) -> Void) {
        self.tell = tell
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if self.pause.accepted(now: context.eventLoop.now) { self.tell(.resumed) }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let shortage = AcceptShortage(error) else { return context.fireErrorCaught(error) }
        let rest = self.pause.ranShort(now: context.eventLoop.now)
        if rest.isNews { self.tell(.paused(shortage)) }
        self.stopAccepting(context, for: rest.length)
    }

    private func stopAccepting(_ context: ChannelHandlerContext, for length: TimeAmount) {
        self.rest?.cancel()
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        self.rest = context.eventLoop.assumeIsolated().scheduleTask(in: length) {
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
