import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import WebSocket

/// A small server on 127.0.0.1 for the test client's own tests: upgrades what is valid, and echoes texts by the rules.
///
/// Some texts are orders: `ping` sends a ping, `vanish` closes without a close frame, `100 texts` sends as many.
struct WebSocketEchoServer {
    private let listener: any Channel

    var port: Int { self.listener.localAddress?.port ?? 0 }

    /// Runs `body` with a server, and stops it.
    static func run(_ body: (WebSocketEchoServer) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.configure(channel) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(WebSocketEchoServer(listener: listener)))
        } catch {
            result = .failure(error)
        }
        try await listener.close()
        try result.get()
    }

    private static func configure(_ channel: any Channel) throws {
        let configuration = NIOUpgradableHTTPServerPipelineConfiguration<Void>(
            upgradeConfiguration: .init(upgraders: [EchoUpgrader()], notUpgradingCompletionHandler: Self.refuse)
        )
        let pipeline = channel.pipeline.syncOperations
        _ = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
    }

    @Sendable private static func refuse(_ channel: any Channel) -> EventLoopFuture<Void> {
        let body = ByteBuffer(string: "no upgrade, no answer")
        let headers: HTTPHeaders = ["Content-Length": "\(body.readableBytes)", "Connection": "close"]
        let head = HTTPResponseHead(version: .http1_1, status: .upgradeRequired, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
        return channel.writeAndFlush(HTTPServerResponsePart.end(nil)).always { _ in channel.close(promise: nil) }
    }
}

private final class EchoUpgrader: NIOTypedHTTPServerProtocolUpgrader {
    typealias UpgradeResult = Void

    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    func buildUpgradeResponse(
        channel: any Channel,
        upgradeRequest: HTTPRequestHead,
        initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        guard UpgradeRequest(upgradeRequest) == .valid else {
            return channel.eventLoop.makeFailedFuture(ChannelError.inappropriateOperationForState)
        }
        return WebSocketHandshake.answer(to: upgradeRequest, on: channel).map(\.headers)
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandlers(WebSocketHandshake.frameDecoder(maxMessageBytes: 1 << 20), WebSocketEcho())
        }
    }
}

private final class WebSocketEcho: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = ByteBuffer

    private static let limits = InboundLimits(maxMessageBytes: 1 << 20, dataFramesPerSecond: 0)

    private var rules = InboundRules(limits: WebSocketEcho.limits, now: .now)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        switch self.rules.received(frame, now: .now, limits: Self.limits) {
        case .message(.text): self.obey(String(buffer: frame.unmaskedData), context: context)
        case .answerPing(let payload): self.send(.pong(payload), context: context)
        case .answerApplicationPing: self.send(.text(Array("pong".utf8)), context: context)
        case .peerClosed(let code, _): self.end(.closeEcho(code: code), context: context)
        case .violation(let code, let reason): self.end(.close(code, reason: reason), context: context)
        case .ignored, .message(.binary), .pong: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.end(.close(WebSocket.closeCode(for: error), reason: "\(error)"), context: context)
    }

    private func obey(_ text: String, context: ChannelHandlerContext) {
        if text == "ping" {
            self.send(.ping(), context: context)
        } else if text == "vanish" {
            context.close(promise: nil)
        } else if text.hasSuffix(" texts"), let count = Int(text.dropLast(6)) {
            for number in 0..<count { self.send(.text(Array("\(number)".utf8)), context: context) }
        } else {
            self.send(.text(Array(text.utf8)), context: context)
        }
    }

    private func send(_ frame: PreparedFrame, context: ChannelHandlerContext) {
        context.writeAndFlush(Self.wrapOutboundOut(frame.buffer), promise: nil)
    }

    private func end(_ frame: PreparedFrame, context: ChannelHandlerContext) {
        let channel = context.channel
        channel.writeAndFlush(frame.buffer).whenComplete { _ in channel.close(promise: nil) }
    }
}
