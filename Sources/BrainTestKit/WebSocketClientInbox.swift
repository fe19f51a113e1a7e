import NIOCore
import NIOWebSocket

/// The end of a `WebSocketClient`'s pipeline: the events that no test has taken yet, and the tests that wait for one.
///
/// Bound to its channel's event loop. Holds as many events as the options allow; one more closes the client.
final class WebSocketClientInbox: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    private struct Waiter {
        let number: Int
        let promise: EventLoopPromise<WebSocketClientEvent>
        let deadline: Scheduled<Void>
    }

    private let options: WebSocketClientOptions
    private let eventLoop: any EventLoop
    private var events = CircularBuffer<WebSocketClientEvent>()
    private var waiters = CircularBuffer<Waiter>()
    private var waiterCount = 0
    private var end: Result<WebSocketClientEvent, WebSocketClientError>?

    init(options: WebSocketClientOptions, eventLoop: any EventLoop) {
        self.options = options
        self.eventLoop = eventLoop
    }

    /// The oldest event, or the next one to come within the deadline.
    func next(within deadline: Duration) -> EventLoopFuture<WebSocketClientEvent> {
        if let event = self.events.popFirst() { return self.eventLoop.makeSucceededFuture(event) }
        if let end = self.end { return self.eventLoop.makeCompletedFuture(end.mapError { $0 }) }
        let promise = self.eventLoop.makePromise(of: WebSocketClientEvent.self)
        self.waiterCount += 1
        self.waiters.append(self.waiter(self.waiterCount, promise, within: deadline))
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let event = WebSocketClientEvent(Self.unwrapInboundIn(data))
        self.answer(event, context: context)
        self.add(event, context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOWebSocketError { self.add(.broken("\(error)"), context: context) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish(.success(.ended))
    }

    private func waiter(
        _ number: Int,
        _ promise: EventLoopPromise<WebSocketClientEvent>,
        within deadline: Duration
    ) -> Waiter {
        let guardTask = self.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(deadline)) {
            self.waiters.removeAll { $0.number == number }
            promise.fail(WebSocketClientError.deadline("no event within \(deadline)"))
        }
        return Waiter(number: number, promise: promise, deadline: guardTask)
    }

    private func answer(_ event: WebSocketClientEvent, context: ChannelHandlerContext) {
        switch event {
        case .ping(let payload) where self.options.answersPings:
            self.write(WebSocketClientFrame(opcode: 10, payload: payload), context: context)
        case .close(let code, _) where self.options.answersClose:
            self.write(code.map { .close(code: $0) } ?? WebSocketClientFrame(opcode: 8), context: context)
        default: break
        }
    }

    private func write(_ frame: WebSocketClientFrame, context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(frame.bytes), promise: nil)
    }

    private func add(_ event: WebSocketClientEvent, context: ChannelHandlerContext) {
        guard self.end == nil else { return }
        if let waiter = self.waiters.popFirst() {
            waiter.deadline.cancel()
            waiter.promise.succeed(event)
        } else if self.events.count < self.options.inboxLimit {
            self.events.append(event)
        } else {
            self.events.removeAll()
            self.finish(.failure(.inboxFull(limit: self.options.inboxLimit)))
            context.close(promise: nil)
        }
    }

    private func finish(_ end: Result<WebSocketClientEvent, WebSocketClientError>) {
        self.end = self.end ?? end
        while let waiter = self.waiters.popFirst() {
            waiter.deadline.cancel()
            waiter.promise.completeWith(end.mapError { $0 })
        }
    }
}
