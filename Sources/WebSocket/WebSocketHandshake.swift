package import NIOCore
package import NIOHTTP1
package import NIOWebSocket

/// The server's half of the opening handshake (RFC 6455 §4.2.2).
package enum WebSocketHandshake {
    /// NIO's upgrader, for its answer alone: it knows the hash that `Sec-WebSocket-Accept` wants.
    private static let upgrader = NIOTypedWebSocketServerUpgrader<Never>(
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
        upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeFailedFuture(NIOWebSocketUpgradeError.unsupportedWebSocketTarget)
        }
    )

    /// The head of the 101, at once on the channel's event loop; fails for what isn't `UpgradeRequest.valid`.
    package static func answer(
        to request: HTTPRequestHead,
        on channel: any Channel
    ) -> EventLoopFuture<HTTPResponseHead> {
        Self.upgrader
            .buildUpgradeResponse(channel: channel, upgradeRequest: request, initialResponseHeaders: [:])
            .map { HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: $0) }
    }

    /// Reads frames, and fires an error at the header of one that is over the limit (`closeCode(for:)`).
    ///
    /// - Parameter maxMessageBytes: the payload that a frame may have; NIO's own bound is 4 GiB less one byte.
    /// - Returns: a handler for one connection.
    package static func frameDecoder(maxMessageBytes: Int) -> ByteToMessageHandler<WebSocketFrameDecoder> {
        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: min(max(0, maxMessageBytes), Int(UInt32.max))))
    }
}
