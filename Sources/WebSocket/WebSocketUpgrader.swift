package import NIOCore
package import NIOHTTP1
import NIOWebSocket
import Synchronization

/// The upgrade of one connection to WebSocket, without NIO's frame encoder and error handler in its pipeline.
///
/// One instance serves one connection, and asks once: NIO asks again for each `websocket` in the list of an `Upgrade`
/// header, and a peer that was refused must not be admitted by repeating itself.
package final class WebSocketUpgrader<UpgradeResult: Sendable>: NIOTypedHTTPServerProtocolUpgrader {
    /// Decides about an upgrade: the headers that the 101 has beyond the required ones, or nil to refuse.
    ///
    /// It is asked before anything is checked, whatever version or key the request has, so that the checks come in the
    /// contract's order (§2); it has to refuse all but `UpgradeRequest.valid`. A peer may leave between its admission
    /// and its upgrade, so what an admission takes has to be given back by the channel's `closeFuture`.
    package typealias Admission = @Sendable (any Channel, HTTPRequestHead) -> EventLoopFuture<HTTPHeaders?>

    /// Adds the session's handler, that reads `WebSocketFrame` and writes `ByteBuffer`.
    ///
    /// The 101 has been written and the HTTP handlers are gone. What the peer sends is held, without a bound, until the
    /// future succeeds: it must not wait for anything slow. Where it fails, the channel is the caller's to close.
    package typealias Completion = @Sendable (any Channel, HTTPRequestHead) -> EventLoopFuture<UpgradeResult>

    /// The token of the `Upgrade` header (RFC 6455 §4.1).
    package let supportedProtocol = "websocket"
    /// None that NIO should check: `UpgradeRequest` does.
    package let requiredUpgradeHeaders: [String] = []

    private let maxFrameSize: Int
    private let admit: Admission
    private let upgraded: Completion
    private let wasAsked = Atomic(false)

    /// An upgrader for one connection.
    ///
    /// - Parameters:
    ///   - maxMessageBytes: The payload that a frame may have; a larger one makes the decoder fire an error as soon as
    ///     its header is there (`closeCode(for:)`). NIO's own bound is 4 GiB less one byte.
    ///   - admit: Decides about the upgrade. Where it refuses, the typed upgrade handler runs its
    ///     `notUpgradingCompletionHandler`, which has to write the answer and close: the request's head is lost.
    ///   - upgraded: Makes the session once the peer may be sent frames.
    package init(maxMessageBytes: Int, admit: @escaping Admission, upgraded: @escaping Completion) {
        self.maxFrameSize = min(max(0, maxMessageBytes), Int(UInt32.max))
        self.admit = admit
        self.upgraded = upgraded
    }

    /// The headers of the 101, or a failed future where the upgrade is refused.
    package func buildUpgradeResponse(
        channel: any Channel,
        upgradeRequest: HTTPRequestHead,
        initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        guard !self.wasAsked.exchange(true, ordering: .relaxed) else {
            return channel.eventLoop.makeFailedFuture(NIOWebSocketUpgradeError.unsupportedWebSocketTarget)
        }
        return self.admit(channel, upgradeRequest).hop(to: channel.eventLoop).flatMap { headers in
            Self.handshake(answering: headers)
                .buildUpgradeResponse(
                    channel: channel,
                    upgradeRequest: upgradeRequest,
                    initialResponseHeaders: initialResponseHeaders
                )
        }
    }

    /// Adds the frame decoder and lets the session's handler follow.
    package func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<UpgradeResult> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: self.maxFrameSize)))
        }.flatMap {
            self.upgraded(channel, upgradeRequest)
        }
    }

    /// NIO's upgrader, for its answer alone: it knows the hash that `Sec-WebSocket-Accept` wants.
    private static func handshake(answering headers: HTTPHeaders?) -> NIOTypedWebSocketServerUpgrader<Never> {
        NIOTypedWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(headers) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeFailedFuture(NIOWebSocketUpgradeError.unsupportedWebSocketTarget)
            }
        )
    }
}
