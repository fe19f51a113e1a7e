import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import WebSocket

/// What the pipeline has become of a connection.
enum Outcome: Sendable {
    case webSocket
    case http
}

/// A server's pipeline in memory, as a listener would set it up, with a record of what reached its end.
struct UpgradePipeline {
    let channel = EmbeddedChannel()
    let result: EventLoopFuture<Outcome>
    let record: Record

    /// A connection that the listener has just accepted.
    ///
    /// `answers` are given to the questions for admission in turn (nil refuses), each once `admission` is kept; the
    /// session's handler is in place once `session` is.
    init(
        admitting answers: [HTTPHeaders?],
        maxMessageBytes: Int = 1000,
        admission: EventLoopFuture<Void>? = nil,
        session: EventLoopFuture<Void>? = nil
    ) throws {
        let record = Record(answers: answers, eventLoop: self.channel.embeddedEventLoop)
        self.record = record
        let upgrader = WebSocketUpgrader<Outcome>(
            maxMessageBytes: maxMessageBytes,
            admit: { channel, _ in
                (admission ?? channel.eventLoop.makeSucceededVoidFuture()).map { record.nextAnswer() }
            },
            upgraded: { channel, _ in
                (session ?? channel.eventLoop.makeSucceededVoidFuture()).flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(FrameRecorder(record: record))
                    return .webSocket
                }
            }
        )
        let pipeline = self.channel.pipeline.syncOperations
        self.result = try pipeline.configureUpgradableHTTPServerPipeline(
            configuration: .init(
                upgradeConfiguration: .init(upgraders: [upgrader]) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(RequestRecorder(record: record))
                        return .http
                    }
                }
            )
        )
        try pipeline.addHandler(ErrorRecorder(record: record))
    }

    func receive(_ text: String, _ bytes: ByteBuffer = ByteBuffer()) throws {
        var buffer = ByteBuffer(string: text)
        buffer.writeImmutableBuffer(bytes)
        try self.channel.writeInbound(buffer)
        self.channel.embeddedEventLoop.run()
    }

    func sent() throws -> String {
        var text = ""
        while let buffer = try self.channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }
}

/// What reached the end of the pipeline; used on the embedded event loop only.
final class Record: Sendable {
    private struct State {
        var answers: ArraySlice<HTTPHeaders?>
        var questions = 0
        var frames: [WebSocketFrame] = []
        var requests: [HTTPServerRequestPart] = []
        var errors: [any Error] = []
    }

    private let state: NIOLoopBoundBox<State>

    init(answers: [HTTPHeaders?], eventLoop: any EventLoop) {
        self.state = NIOLoopBoundBox(State(answers: answers[...]), eventLoop: eventLoop)
    }

    var questions: Int { self.state.value.questions }
    var frames: [WebSocketFrame] { self.state.value.frames }
    var requests: [HTTPServerRequestPart] { self.state.value.requests }
    var errors: [any Error] { self.state.value.errors }

    func nextAnswer() -> HTTPHeaders? {
        self.state.value.questions += 1
        return self.state.value.answers.popFirst() ?? nil
    }

    func add(_ frame: WebSocketFrame) { self.state.value.frames.append(frame) }
    func add(_ request: HTTPServerRequestPart) { self.state.value.requests.append(request) }
    func add(_ error: any Error) { self.state.value.errors.append(error) }
}

private final class FrameRecorder: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let record: Record

    init(record: Record) { self.record = record }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { self.record.add(Self.unwrapInboundIn(data)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.record.add(error) }
}

private final class RequestRecorder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let record: Record

    init(record: Record) { self.record = record }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { self.record.add(Self.unwrapInboundIn(data)) }
}

/// NIO fires the error of a refused upgrade past its handler.
private final class ErrorRecorder: ChannelInboundHandler {
    typealias InboundIn = Never

    private let record: Record

    init(record: Record) { self.record = record }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { self.record.add(error) }
}
