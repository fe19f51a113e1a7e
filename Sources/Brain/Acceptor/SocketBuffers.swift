import NIOCore

/// How much of a session's backlog may leave the mailbox, since it can be conflated only there, and what a channel keeps
/// to read into.
enum SocketBuffers {
    /// tcp(7), TCP_NOTSENT_LOWAT: what the kernel may hold unsent before the socket counts as full.
    static let notSentLowWater: ChannelOptions.Types.SocketOption.Value = 16 << 10
    /// Writable while NIO holds nothing: it is given no more than the piece that the kernel didn't take whole.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)
    /// A channel keeps the first buffer that it reads into for as long as it lives: 2 KiB, if NIO chose.
    static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536)
}

extension NIOBSDSocket.Option {
    /// linux/tcp.h; NIO has no name for it.
    static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)
}
