package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import WebSocket

/// What an accepted connection becomes: HTTP, served by a task of Hummingbird's, or a session, which needs none.
package struct AcceptedChannel: ServerChildChannelValue {
    /// What the connection's first request decided.
    enum Outcome: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case session
    }

    /// The socket.
    package let channel: any Channel
    let connection: ClientConnection
    let outcome: EventLoopFuture<Outcome>
}

/// Sets up each accepted connection: timer, HTTP codec, door, upgrade.
///
/// The pipeline, from the socket on: HandshakeTimer, HTTP codec, Door, NIO's typed upgrade handler; after the
/// first request either Hummingbird's HTTP types or, all of these gone, the frame decoder and the SessionChannel.
package struct ChildChannel: ServerChildChannel, HTTPChannelHandler {
    /// What of a request's head is read at most, in bytes; more is answered with 400.
    private static let headLimit = 16 << 10

    /// Answers a request of an ordinary connection.
    package let responder: HTTPChannelHandler.Responder
    private let keys: DoorKeys
    private let settings: AcceptorSettings
    private let pending: PendingConnections
    private let answer: @Sendable (Request, ClientConnection) async -> Response

    /// Makes the set-up of one generation of the Acceptor.
    ///
    /// - Parameters:
    ///   - keys: what the door needs.
    ///   - settings: the limits of a connection.
    ///   - pending: holds each connection until it is a session.
    ///   - answer: answers an ordinary request.
    package init(
        keys: DoorKeys,
        settings: AcceptorSettings,
        pending: PendingConnections,
        answer: @escaping @Sendable (Request, ClientConnection) async -> Response
    ) {
        self.keys = keys
        self.settings = settings
        self.pending = pending
        self.answer = answer
        self.responder = { _, _, _ in }
    }

    private init(_ other: Self, connection: ClientConnection) {
        let answer = other.answer
        self.keys = other.keys
        self.settings = other.settings
        self.pending = other.pending
        self.answer = answer
        self.responder = { request, writer, _ in
            let response = await answer(request, connection)
            try await writer.write(response: response.head, body: response.body)
        }
    }

    /// Puts the handlers of a connection's beginning into its pipeline, or closes it where there is no place for it.
    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedChannel> {
        do {
            return channel.eventLoop.makeSucceededFuture(try self.setUp(channel))
        } catch {
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(error)
        }
    }

    /// Serves a plain HTTP connection to its end; of a session nothing is left to do here.
    package func handle(value: AcceptedChannel, logger: Logger) async {
        do {
            guard case .http(let channel) = try await value.outcome.get() else { return }
            await Self(self, connection: value.connection).handleHTTP(asyncChannel: channel, logger: logger)
        } catch {
            value.channel.close(promise: nil)
        }
    }

    private func setUp(_ channel: any Channel) throws -> AcceptedChannel {
        guard let address = channel.remoteAddress, let peer = IPAddress(address.ipAddress ?? "") else {
            throw ChannelError.unknownLocalAddress
        }
        let lease = try self.keys.book.openConnection(from: peer)
        self.pending.add(channel)
        try channel.syncOptions?.setOption(.recvAllocator, value: SocketBuffers.receiving)
        channel.closeFuture.whenComplete { _ in lease.end() }
        let connection = ClientConnection(peer: peer, peerName: "\(peer.authority):\(address.port ?? 0)")
        let outcome = try self.configure(channel, connection: connection, lease: lease)
        return AcceptedChannel(channel: channel, connection: connection, outcome: outcome)
    }

    private func configure(
        _ channel: any Channel,
        connection: ClientConnection,
        lease: ConnectionLease
    ) throws -> EventLoopFuture<AcceptedChannel.Outcome> {
        let pipeline = channel.pipeline.syncOperations
        let timer = HandshakeTimer(timeout: self.settings.handshakeTimeout)
        let door = Door(keys: self.keys, connection: connection, timer: timer)
        let handlers = NIOLoopBound((timer, door), eventLoop: channel.eventLoop)
        let upgrader = self.upgrader(handlers: handlers, lease: lease)
        let outcome = try pipeline.configureUpgradableHTTPServerPipeline(configuration: self.http(upgrader))
        let upgradeHandler = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<AcceptedChannel.Outcome>.self)
        try pipeline.addHandler(door, position: .before(upgradeHandler))
        try pipeline.addHandler(timer, position: .first)
        return outcome
    }

    private func http(
        _ upgrader: WebSocketUpgrader<AcceptedChannel.Outcome>
    ) -> NIOUpgradableHTTPServerPipelineConfiguration<AcceptedChannel.Outcome> {
        var configuration = NIOUpgradableHTTPServerPipelineConfiguration<AcceptedChannel.Outcome>(
            upgradeConfiguration: .init(upgraders: [upgrader], notUpgradingCompletionHandler: Self.serveHTTP)
        )
        configuration.enablePipelining = false
        configuration.enableErrorHandling = false
        configuration.enableResponseHeaderValidation = false
        configuration.decoderConfiguration.maxHeaderFieldSize = Self.headLimit
        configuration.decoderConfiguration.maxHeaderListSize = Self.headLimit
        return configuration
    }

    @Sendable
    private static func serveHTTP(_ channel: any Channel) -> EventLoopFuture<AcceptedChannel.Outcome> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            return .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true)
                )
            )
        }
    }

    private func upgrader(
        handlers: NIOLoopBound<(HandshakeTimer, Door)>,
        lease: ConnectionLease
    ) -> WebSocketUpgrader<AcceptedChannel.Outcome> {
        let pending = self.pending
        return WebSocketUpgrader(
            maxMessageBytes: self.settings.maxMessageBytes,
            admit: { channel, _ in
                let isAdmitted = handlers.value.1.successor != nil
                return channel.eventLoop.makeSucceededFuture(isAdmitted ? [:] : nil)
            },
            upgraded: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try Self.becomeSession(channel, handlers.value)
                    pending.remove(channel)
                    lease.end()
                    return .session
                }
            }
        )
    }

    private static func becomeSession(_ channel: any Channel, _ handlers: (HandshakeTimer, Door)) throws {
        guard let successor = handlers.1.successor else { throw ChannelError.inappropriateOperationForState }
        try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
        try channel.syncOptions?.setOption(.tcpOption(.notSentLowWater), value: SocketBuffers.notSentLowWater)
        try channel.syncOptions?.setOption(.writeBufferWaterMark, value: SocketBuffers.waterMark)
        let pipeline = channel.pipeline.syncOperations
        pipeline.removeHandler(handlers.0, promise: nil)
        pipeline.removeHandler(handlers.1, promise: nil)
        try pipeline.addHandler(successor)
    }
}

/// How much of a session's backlog may leave the mailbox: conflation needs it here, not in the kernel.
private enum SocketBuffers {
    /// tcp(7), TCP_NOTSENT_LOWAT: what the kernel may hold unsent before the socket counts as full.
    static let notSentLowWater: ChannelOptions.Types.SocketOption.Value = 16 << 10
    /// A channel keeps the first buffer that it reads into for as long as it lives: 2 KiB, if NIO chose.
    static let receiving = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 512, maximum: 65_536)
    /// Writable while NIO holds nothing: it is given no more than the piece that the kernel didn't take whole.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 1, high: 1)
}

extension NIOBSDSocket.Option {
    /// linux/tcp.h; NIO has no name for it.
    fileprivate static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)
}

extension IPAddress {
    /// As it stands before a port: an IPv6 address in brackets.
    fileprivate var authority: String {
        let text = self.description
        return text.contains(":") ? "[\(text)]" : text
    }
}
