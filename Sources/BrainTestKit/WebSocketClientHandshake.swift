import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Reads the answer to a `WebSocketClient`'s request, and on a right 101 makes room for the frames behind it.
///
/// An answer of its own kind, no HTTP codec: what the server's codec gets wrong should not look right here. Takes at
/// most 1 MiB.
final class WebSocketClientHandshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: WebSocketClientInbox
    private let readsAutomatically: Bool
    private let promise: EventLoopPromise<WebSocketClientAnswer>
    private var received = ByteBuffer()

    private static let limit = 1 << 20

    init(
        inbox: WebSocketClientInbox,
        readsAutomatically: Bool,
        promise: EventLoopPromise<WebSocketClientAnswer>
    ) {
        self.inbox = inbox
        self.readsAutomatically = readsAutomatically
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received.writeImmutableBuffer(Self.unwrapInboundIn(data))
        guard self.received.readableBytes <= Self.limit else {
            self.promise.fail(WebSocketClientError.notConnected("answer over \(Self.limit) bytes"))
            context.close(promise: nil)
            return
        }
        guard let (answer, rest) = self.split() else { return }
        if answer.isUpgrade {
            self.startFrames(answer, rest: rest, context: context)
        } else if let length = answer.headers.first(name: "Content-Length").flatMap(Int.init),
            rest.readableBytes >= length
        {
            self.refuse(answer, body: rest)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let (answer, rest) = self.split() { self.refuse(answer, body: rest) }
        context.fireChannelInactive()
    }

    /// Comes at every end, also that of a connection that never was; the promise is then mostly kept already.
    func handlerRemoved(context: ChannelHandlerContext) {
        self.promise.fail(WebSocketClientError.notConnected("closed before an answer"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.promise.fail(WebSocketClientError.notConnected("\(error)"))
        context.close(promise: nil)
    }

    private func split() -> (WebSocketClientAnswer, rest: ByteBuffer)? {
        let view = self.received.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)),
            let answer = WebSocketClientAnswer(head: String(decoding: view[..<end.lowerBound], as: UTF8.self))
        else { return nil }
        return (answer, ByteBuffer(view[end.upperBound...]))
    }

    private func refuse(_ answer: WebSocketClientAnswer, body: ByteBuffer) {
        var answer = answer
        answer.body = String(buffer: body)
        self.promise.succeed(answer)
    }

    private func startFrames(_ answer: WebSocketClientAnswer, rest: ByteBuffer, context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            let decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 26))
            try context.channel.syncOptions?.setOption(.autoRead, value: self.readsAutomatically)
            try pipeline.addHandlers([decoder, self.inbox])
            self.promise.succeed(answer)
            context.fireChannelRead(NIOAny(rest))
            pipeline.removeHandler(self, promise: nil)
        } catch {
            self.errorCaught(context: context, error: error)
        }
    }
}
