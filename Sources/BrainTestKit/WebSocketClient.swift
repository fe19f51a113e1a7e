import Glibc
package import NIOCore
import NIOPosix

/// How a `WebSocketClient` behaves.
package struct WebSocketClientOptions: Sendable {
    /// Whether a ping is answered with its pong.
    package var answersPings = true
    /// Whether the server's close frame is echoed.
    package var answersClose = true
    /// Whether the client reads after the handshake; false: a client that never reads, until `setReading`.
    package var readsAutomatically = true
    /// SO_RCVBUF in bytes, of which Linux makes double; nil is the system's, a small one stalls a slow client soon.
    package var receiveBufferBytes: Int?
    /// The events that may wait for the test; one more closes the client and fails `next` with `inboxFull`.
    package var inboxLimit = 65_536

    /// The behaviour of an ordinary client.
    package init() {}
}

/// A WebSocket client for tests, able to do what no decent client does.
///
/// Each wait has a deadline that guards against a hang; no test may depend on its length. A client that is let go keeps
/// its connection: end it with `disconnect`, `reset`, or a close frame that the server answers.
package final class WebSocketClient: Sendable {
    /// The longest wait for anything.
    package static let patience = Duration.seconds(60)

    /// The server's 101.
    package let handshake: WebSocketClientAnswer

    private let channel: any Channel
    private let inbox: NIOLoopBound<WebSocketClientInbox>

    private init(_ attempt: Attempt, handshake: WebSocketClientAnswer) {
        self.handshake = handshake
        self.channel = attempt.channel
        self.inbox = attempt.inbox
    }

    /// Connects and upgrades.
    ///
    /// - Parameters:
    ///   - request: What to connect to, and the request to send.
    ///   - options: How to behave from then on.
    /// - Returns: The client, its first event still to be taken.
    /// - Throws: `refused` with the server's answer where that is no right 101, `notConnected`, `deadline`.
    package static func connect(
        _ request: WebSocketClientRequest,
        options: WebSocketClientOptions = WebSocketClientOptions()
    ) async throws(WebSocketClientError) -> WebSocketClient {
        let (attempt, answer) = try await Self.open(request, options: options)
        guard answer.isUpgrade else {
            attempt.channel.close(promise: nil)
            throw .refused(answer)
        }
        return WebSocketClient(attempt, handshake: answer)
    }

    /// Sends the request and closes after the answer, whichever it is.
    ///
    /// - Parameters:
    ///   - request: What to connect to, and the request to send.
    ///   - patience: From the connection on.
    /// - Returns: The answer, whole.
    /// - Throws: `notConnected` or `deadline`.
    package static func answer(
        to request: WebSocketClientRequest,
        within patience: Duration = patience
    ) async throws(WebSocketClientError) -> WebSocketClientAnswer {
        let options = WebSocketClientOptions()
        let (attempt, answer) = try await Self.open(request, options: options, within: patience)
        attempt.channel.close(promise: nil)
        return answer
    }

    /// The next event; `ended` again and again once the connection is over.
    package func next(
        within deadline: Duration = patience
    ) async throws(WebSocketClientError) -> WebSocketClientEvent {
        let inbox = self.inbox
        return try await Self.outcome(of: self.channel.eventLoop.flatSubmit { inbox.value.next(within: deadline) })
    }

    /// The next text message; pings and pongs before it are passed over, anything else is `unexpected`.
    package func nextText(within deadline: Duration = patience) async throws(WebSocketClientError) -> String {
        while true {
            switch try await self.next(within: deadline) {
            case .text(let text): return text
            case .ping, .pong: continue
            case let event: throw .unexpected(event)
            }
        }
    }

    /// How the conversation ends, whatever comes before: the close code, 1005 for none, 1006 for no close frame at all
    /// (RFC 6455 §7.1.5).
    package func closeCode(within deadline: Duration = patience) async throws(WebSocketClientError) -> UInt16 {
        while true {
            switch try await self.next(within: deadline) {
            case .close(let code, _): return code ?? 1005
            case .ended: return 1006
            default: continue
            }
        }
    }

    /// Sends a text message.
    package func send(text: String) async throws(WebSocketClientError) {
        try await self.send(WebSocketClientFrame(opcode: 1, payload: text.utf8))
    }

    /// Sends a frame as it is.
    package func send(_ frame: WebSocketClientFrame) async throws(WebSocketClientError) {
        try await self.send(frame.bytes)
    }

    /// Sends any bytes, and returns when the socket has taken them.
    package func send(_ bytes: ByteBuffer) async throws(WebSocketClientError) {
        try await Self.outcome(of: Self.guarded(self.channel.writeAndFlush(bytes), "nobody takes what is sent"))
    }

    /// Starts or stops reading from the socket.
    package func setReading(_ isReading: Bool) async throws(WebSocketClientError) {
        try await Self.outcome(of: self.channel.setOption(.autoRead, value: isReading))
    }

    /// Says that nothing more will be sent (FIN), and goes on reading.
    package func halfClose() async throws(WebSocketClientError) {
        try await Self.outcome(of: Self.guarded(self.channel.close(mode: .output), "half-close takes too long"))
    }

    /// Closes the socket without a close frame (FIN, or RST where something was left unread).
    package func disconnect() async throws(WebSocketClientError) {
        self.channel.close(promise: nil)
        try await self.closed()
    }

    /// Returns when the socket is closed, by whichever end.
    package func closed() async throws(WebSocketClientError) {
        try await Self.outcome(of: Self.guarded(self.channel.closeFuture, "the connection stays open"))
    }

    /// Tears the connection down with a RST, as a peer that crashed does.
    package func reset() async throws(WebSocketClientError) {
        if let socket = self.channel as? any SocketOptionProvider {
            try await Self.outcome(of: socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)))
        }
        try await self.disconnect()
    }
}

extension WebSocketClient {
    private struct Attempt: Sendable {
        let channel: any Channel
        let inbox: NIOLoopBound<WebSocketClientInbox>
        let answer: EventLoopFuture<WebSocketClientAnswer>
    }

    private static func open(
        _ request: WebSocketClientRequest,
        options: WebSocketClientOptions,
        within patience: Duration = patience
    ) async throws(WebSocketClientError) -> (Attempt, WebSocketClientAnswer) {
        let attempt: Attempt
        do {
            attempt = try await Self.bootstrap(request, options)
                .connect(host: request.host, port: request.port) { Self.prepare($0, options) }
        } catch {
            throw .notConnected("\(error)")
        }
        attempt.channel.writeAndFlush(request.bytes, promise: nil)
        do throws(WebSocketClientError) {
            let answer = Self.guarded(attempt.answer, "no answer to the request", within: patience)
            return (attempt, try await Self.outcome(of: answer))
        } catch {
            attempt.channel.close(promise: nil)
            throw error
        }
    }

    private static func bootstrap(
        _ request: WebSocketClientRequest,
        _ options: WebSocketClientOptions
    ) throws -> ClientBootstrap {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: false)
        if let bytes = options.receiveBufferBytes {
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: SocketOptionValue(bytes))
        }
        guard let local = request.localAddress else { return bootstrap }
        return bootstrap.bind(to: try SocketAddress(ipAddress: local, port: 0))
    }

    private static func prepare(
        _ channel: any Channel,
        _ options: WebSocketClientOptions
    ) -> EventLoopFuture<Attempt> {
        channel.eventLoop.makeCompletedFuture {
            let inbox = WebSocketClientInbox(options: options, eventLoop: channel.eventLoop)
            let promise = channel.eventLoop.makePromise(of: WebSocketClientAnswer.self)
            let handshake = WebSocketClientHandshake(
                inbox: inbox,
                readsAutomatically: options.readsAutomatically,
                promise: promise
            )
            try channel.pipeline.syncOperations.addHandler(handshake)
            let bound = NIOLoopBound(inbox, eventLoop: channel.eventLoop)
            return Attempt(channel: channel, inbox: bound, answer: promise.futureResult)
        }
    }

    /// The future's value, or a failure once `patience` is over.
    private static func guarded<Value: Sendable>(
        _ future: EventLoopFuture<Value>,
        _ complaint: String,
        within patience: Duration = patience
    ) -> EventLoopFuture<Value> {
        let promise = future.eventLoop.makePromise(of: Value.self)
        let deadline = future.eventLoop.scheduleTask(in: TimeAmount(patience)) {
            promise.fail(WebSocketClientError.deadline(complaint))
        }
        future.whenComplete { result in
            deadline.cancel()
            promise.completeWith(result)
        }
        return promise.futureResult
    }

    private static func outcome<Value: Sendable>(
        of future: EventLoopFuture<Value>
    ) async throws(WebSocketClientError) -> Value {
        do {
            return try await future.get()
        } catch let error as WebSocketClientError {
            throw error
        } catch {
            throw .socket("\(error)")
        }
    }
}
