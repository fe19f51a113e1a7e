import NIOCore

/// How much of a session's backlog may leave the mailbox: conflation needs it here, not in the kernel.
enum SocketBuffers {
    /// A channel keeps the first buffer that it reads into for as long as it lives: 2 KiB, if NIO chose.
    static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536)
    /// tcp(7), TCP_NOTSENT_LOWAT: what the kernel may hold unsent before the socket counts as full.
    private static let notSentLowWater: ChannelOptions.Types.SocketOption.Value = 16 << 10
    /// Writable while NIO holds nothing, or a single byte: it is given no more than what the kernel left of a piece.
    private static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)

    /// Prepares a socket for a session, on its event loop.
    static func prepare(_ channel: any Channel) throws {
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: Self.waterMark)
        // A Unix socket has none of TCP's options.
        guard channel.remoteAddress?.ipAddress != nil else { return }
        try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try channel.syncOptions?.setOption(.tcpOption(.notSentLowWater), value: Self.notSentLowWater)
    }
}

extension NIOBSDSocket.Option {
    /// linux/tcp.h; NIO has no name for it.
    fileprivate static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)
}
