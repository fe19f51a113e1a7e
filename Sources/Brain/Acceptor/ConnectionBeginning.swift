import NIOCore
import NIOHTTP1
import NIOWebSocket
import WebSocket

/// What the door makes of a connection once it has judged its first request.
protocol DoorSteps: AnyObject {
    /// The first request is an ordinary one, and comes next.
    func serve(_ channel: any Channel) throws
    /// The parser of HTTP is to leave; what it holds comes to the door before the future is kept.
    func stopParsing(_ channel: any Channel) -> EventLoopFuture<Void>
    /// The parser is gone, the 101 written: the successor takes the socket over.
    func hand(_ channel: any Channel, to successor: any ChannelHandler) throws
    /// The door has left the pipeline, or the connection is over.
    func ended(_ channel: any Channel)
}

/// The handlers and the places of a connection that is no session yet; goes with its door.
final class ConnectionBeginning: DoorSteps {
    let timer: HandshakeTimer
    private let encoder = HTTPResponseEncoder()
    private let parser: ByteToMessageHandler<HTTPRequestDecoder>
    private let pending: PendingConnections
    private let lease: ConnectionLease
    private let maxMessageBytes: Int
    private let serveHTTP: (any Channel) throws -> Void

    init(
        pending: PendingConnections,
        lease: ConnectionLease,
        timer: HandshakeTimer,
        decoder: HTTPRequestDecoder,
        maxMessageBytes: Int,
        serveHTTP: @escaping (any Channel) throws -> Void
    ) {
        self.pending = pending
        self.lease = lease
        self.timer = timer
        self.parser = ByteToMessageHandler(decoder)
        self.maxMessageBytes = maxMessageBytes
        self.serveHTTP = serveHTTP
    }

    /// What stands before the door, from the socket on.
    var handlers: [any ChannelHandler] { [self.timer, self.encoder, self.parser] }

    func serve(_ channel: any Channel) throws {
        try self.serveHTTP(channel)
    }

    func stopParsing(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.pipeline.syncOperations.removeHandler(self.parser)
    }

    func hand(_ channel: any Channel, to successor: any ChannelHandler) throws {
        try SocketBuffers.prepare(channel)
        let pipeline = channel.pipeline.syncOperations
        pipeline.removeHandler(self.timer, promise: nil)
        pipeline.removeHandler(self.encoder, promise: nil)
        try pipeline.addHandler(WebSocketHandshake.frameDecoder(maxMessageBytes: self.maxMessageBytes))
        try pipeline.addHandler(successor)
    }

    func ended(_ channel: any Channel) {
        self.pending.remove(channel)
        self.lease.end()
    }
}
