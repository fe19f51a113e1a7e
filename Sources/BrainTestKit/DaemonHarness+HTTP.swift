import NIOCore
import NIOHTTP1
import NIOPosix

/// The daemon's answer to an ordinary request.
package struct DaemonAnswer: Sendable {
    private let answer: WebSocketClientAnswer

    /// Takes any answer, that to a refused upgrade, too.
    package init(_ answer: WebSocketClientAnswer) {
        self.answer = answer
    }

    /// The status code.
    package var status: Int { self.answer.status }

    /// The body as text.
    package var body: String { self.answer.body }

    /// The only header field of this name; nil where there is none, or more than one.
    package func header(_ name: String) -> String? {
        let values = self.answer.headers[name]
        return values.count == 1 ? values.first : nil
    }

    /// The body as JSON.
    package var json: DaemonJSON {
        get throws { try DaemonJSON(parsing: self.answer.body) }
    }

    /// Whether it is the problem that RFC 9457 and contract §2 want for its status.
    package var isProblem: Bool {
        guard let json = try? self.json, case .object(let members) = json else { return false }
        return self.header("Content-Type") == "application/problem+json"
            && Set(members.keys) == ["type", "title", "status", "detail"]
            && json["status"] == .number(Double(self.status))
            && [json["type"], json["title"], json["detail"]].allSatisfy { ($0?.text ?? "").isEmpty == false }
    }
}

extension WebSocketClientRequest {
    /// An ordinary request to this machine, on a connection of its own.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - body: JSON; nil for none.
    ///   - port: the port to connect to.
    package init(_ method: String, _ target: String, _ body: String? = nil, port: Int) {
        self.init(port: port, target: target)
        self.method = method
        self.headers = ["Host": "localhost:\(port)", "Connection": "close"]
        guard let body else { return }
        self.trailing = Array(body.utf8)
        self.headers.add(name: "Content-Type", value: "application/json")
        self.headers.add(name: "Content-Length", value: "\(self.trailing.count)")
    }

    /// A header's value: the first, or nil where there is none; to set it takes the place of all, nil removes them.
    package subscript(header: String) -> String? {
        get { self.headers.first(name: header) }
        set {
            self.headers.remove(name: header)
            if let newValue { self.headers.add(name: header, value: newValue) }
        }
    }

    /// Sends a frame in one write with the request.
    package mutating func trail(_ frame: WebSocketClientFrame) {
        self.trailing += frame.bytes.readableBytesView
    }

    /// Sends a header once more.
    package mutating func add(_ header: String, _ value: String) {
        self.headers.add(name: header, value: value)
    }
}

extension DaemonHarness {
    /// Asks for a session, and must not get one.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - change: what is unusual about the request.
    /// - Returns: the refusal.
    /// - Throws: where there was a session, or no answer.
    package func refusal(
        _ target: String = "/ws",
        _ change: (inout WebSocketClientRequest) -> Void
    ) async throws -> DaemonAnswer {
        do throws(WebSocketClientError) {
            _ = try await self.connect(target, change)
        } catch .refused(let answer) {
            return DaemonAnswer(answer)
        } catch {
            throw error
        }
        throw DaemonHarnessError.malformed("101")
    }

    /// Sends an ordinary request on a connection of its own.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - body: JSON; nil for none.
    ///   - change: what is unusual about the request.
    /// - Returns: the whole answer.
    /// - Throws: where there is none.
    package func send(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        _ change: (inout WebSocketClientRequest) -> Void
    ) async throws -> DaemonAnswer {
        var request = WebSocketClientRequest(method, target, body, port: self.port)
        change(&request)
        return DaemonAnswer(try await WebSocketClient.answer(to: request))
    }

    /// The JSON at a path, which must answer with 200.
    package func json(_ target: String) async throws -> DaemonJSON {
        let answer = try await self.send("GET", target)
        guard answer.status == 200 else { throw DaemonHarnessError.malformed("\(answer.status) \(answer.body)") }
        return try answer.json
    }

    /// Sends any bytes on a connection of their own, and listens until the daemon closes it.
    ///
    /// - Parameter bytes: all that is ever sent; none for a client that keeps silent.
    /// - Returns: all that came, as text.
    /// - Throws: where no connection is to be had, or it stays open.
    package func conversation(_ bytes: String = "") async throws -> String {
        let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: self.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: String.self)
                    let reader = DaemonHarnessReader(promise)
                    try channel.pipeline.syncOperations.addHandler(reader)
                    channel.eventLoop.scheduleTask(in: .seconds(20)) {
                        promise.fail(DaemonHarnessError.never("the end of the connection"))
                    }
                    return RawConnection(channel: channel, text: promise.futureResult)
                }
            }
        if !bytes.isEmpty { connection.channel.writeAndFlush(ByteBuffer(string: bytes), promise: nil) }
        return try await connection.text.get()
    }
}

/// A raw connection, and all that will have come over it.
private struct RawConnection: Sendable {
    let channel: any Channel
    let text: EventLoopFuture<String>
}

/// Gathers all that comes over a connection, to its end.
private final class DaemonHarnessReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<String>
    private var received = ByteBuffer()

    init(_ promise: EventLoopPromise<String>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.received.writeImmutableBuffer(Self.unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.promise.succeed(String(buffer: self.received))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
