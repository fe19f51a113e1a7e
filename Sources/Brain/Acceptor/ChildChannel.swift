package import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOPosix
import WebSocket

/// Sets up each accepted connection: timer, HTTP codec, door.
///
/// The pipeline, from the socket on: HandshakeTimer, HTTP codec, Door; after the first request either Hummingbird's
/// HTTP types behind them or, all of these gone, the frame decoder and the SessionChannel.
package struct ChildChannel: Sendable {
    /// What of a request's head is read at most, in bytes; more is answered with 400.
    private static let headLimit = 16 << 10

    private let keys: DoorKeys
    private let settings: AcceptorSettings
    private let pending: PendingConnections
    private let clocks = HandshakeClocks()
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
    }

    /// Puts the handlers of a connection's beginning into its pipeline; on its event loop.
    ///
    /// - Parameters:
    ///   - channel: the connection.
    ///   - serve: called where it turns out to be an HTTP connection.
    /// - Throws: where there is no place for it; it is to be closed.
    func setUp(_ channel: any Channel, serve: @escaping @Sendable (HTTPServing) -> Void) throws {
        guard let address = channel.remoteAddress, let peer = IPAddress(address.ipAddress ?? "") else {
            throw ChannelError.unknownLocalAddress
        }
        let lease = try self.keys.book.openConnection(from: peer)
        let connection = ClientConnection(peer: peer, peerName: "\(peer.authority):\(address.port ?? 0)")
        let clock = self.clocks.clock(of: channel.eventLoop)
        let beginning = self.beginning(lease: lease, clock: clock) { [answer] channel in
            let http = HTTPConnection(connection, answer: answer)
            serve(HTTPServing(http: http, value: try http.wrap(channel)))
        }
        let door = Door(keys: self.keys, connection: connection, timer: beginning.timer, steps: beginning)
        try channel.pipeline.syncOperations.addHandlers(beginning.handlers + [door])
        self.pending.add(channel)
    }

    private func beginning(
        lease: ConnectionLease,
        clock: HandshakeClock,
        serve: @escaping (any Channel) throws -> Void
    ) -> ConnectionBeginning {
        ConnectionBeginning(
            pending: self.pending,
            lease: lease,
            timer: HandshakeTimer(timeout: self.settings.handshakeTimeout, clock: clock),
            decoder: HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: Self.limits),
            maxMessageBytes: self.settings.maxMessageBytes,
            serveHTTP: serve
        )
    }

    private static var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Self.headLimit
        limits.maxHeaderListSize = Self.headLimit
        return limits
    }
}

/// A connection that is to be served, and what serves it.
struct HTTPServing: Sendable {
    let http: HTTPConnection
    let value: HTTPConnection.Value
}

extension IPAddress {
    /// As it stands before a port: an IPv6 address in brackets.
    fileprivate var authority: String {
        let text = self.description
        return text.contains(":") ? "[\(text)]" : text
    }
}
