import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection that is served plain HTTP, by a task of the Acceptor's and Hummingbird's part of it.
struct HTTPConnection: HTTPChannelHandler {
    /// The connection's parts of requests and answers.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let parts: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    }

    /// Answers a request.
    let responder: HTTPChannelHandler.Responder

    init(_ connection: ClientConnection, answer: @escaping @Sendable (Request, ClientConnection) async -> Response) {
        self.responder = { request, writer, _ in
            let response = await answer(request, connection)
            try await writer.write(response: response.head, body: response.body)
        }
    }

    /// Puts what reads HTTP's parts at the end of the pipeline; on its event loop.
    func wrap(_ channel: any Channel) throws -> Value {
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        let configuration = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>.Configuration(
            isOutboundHalfClosureEnabled: true
        )
        let parts = try NIOAsyncChannel(wrappingChannelSynchronously: channel, configuration: configuration)
        return Value(channel: channel, parts: parts)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try self.wrap(channel) }
    }

    /// Serves the connection to its end.
    func handle(value: Value, logger: Logger) async {
        await self.handleHTTP(asyncChannel: value.parts, logger: logger)
    }
}
