import NIOCore

/// What the listening socket tells.
enum ListenerNews: Equatable, Sendable {
    /// It accepts nothing for now.
    case paused(AcceptShortage)
    /// It accepts again.
    case resumed
}

/// Keeps the listening socket from accepting while there is nothing to accept with, or only the reserve.
///
/// An accept that fails for want of a descriptor leaves the connection in the kernel's queue, so that the socket stays
/// readable: without a rest the event loop would try again in each turn, and have no time for anyone else. And others in
/// the process need a descriptor now and then; libdispatch ends it where it gets none for a look at its threads.
final class ListenerGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel

    /// Descriptors that no connection gets.
    private static let reserve = 32
    /// What is accepted in one turn of the event loop; then its other sockets have theirs.
    static let burst: UInt = 32

    private var pause = AcceptPause()
    private var rest: Scheduled<Void>?
    private let areScarce: () -> Bool
    private let tell: @Sendable (ListenerNews) -> Void

    /// - Parameters:
    ///   - areScarce: whether of the descriptors only the reserve is left.
    ///   - tell: takes what is news.
    init(
        areScarce: @escaping () -> Bool = { Descriptors.areScarce(reserve: ListenerGuard.reserve) },
        tell: @escaping @Sendable (ListenerNews) -> Void
    ) {
        self.areScarce = areScarce
        self.tell = tell
    }

    /// What is accepted in the turn in which the rest began is closed: it has a descriptor of the reserve.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.rest == nil else { return self.unwrapInboundIn(data).close(promise: nil) }
        if case .over(let isNews) = self.pause.accepted(now: context.eventLoop.now) {
            self.set(.maxMessagesPerRead, Self.burst, context)
            if isNews { self.tell(.resumed) }
        }
        context.fireChannelRead(data)
        if self.areScarce() { self.ranShort(of: .descriptors, context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let shortage = AcceptShortage(error) else { return context.fireErrorCaught(error) }
        self.ranShort(of: shortage, context)
    }

    private func ranShort(of shortage: AcceptShortage, _ context: ChannelHandlerContext) {
        let rest = self.pause.ranShort(now: context.eventLoop.now)
        if rest.isNews { self.tell(.paused(shortage)) }
        self.set(.autoRead, false, context)
        self.rest?.cancel()
        self.rest = context.eventLoop.assumeIsolated().scheduleTask(in: rest.length) { self.look(context) }
    }

    /// One at a time, until it is over: each may be the last for which there is a descriptor.
    private func look(_ context: ChannelHandlerContext) {
        guard !self.areScarce() else { return self.ranShort(of: .descriptors, context) }
        self.rest = nil
        self.set(.maxMessagesPerRead, 1, context)
        self.set(.autoRead, true, context)
    }

    /// A listener that is closed has no options, and needs none.
    private func set<Option: ChannelOption>(_ option: Option, _ value: Option.Value, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(option, value: value)
    }
}
