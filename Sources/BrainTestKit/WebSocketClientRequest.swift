package import NIOCore
package import NIOHTTP1

/// The request that a `WebSocketClient` opens with; a valid upgrade unless a test changes it.
package struct WebSocketClientRequest: Sendable {
    /// The address to connect to.
    package var host = "127.0.0.1"
    /// The port to connect to.
    package var port: Int
    /// The address to connect from, another of 127.0.0.0/8 for instance; nil lets the system choose.
    package var localAddress: String?
    /// The request's method.
    package var method = "GET"
    /// Path and query.
    package var target: String
    /// All of the request's headers, each sent as it is here.
    package var headers: HTTPHeaders
    /// Bytes that go out in one write with the request, after it.
    package var trailing: [UInt8] = []

    /// The key of RFC 6455 §1.3, whose answer is known without a hash.
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    /// A valid upgrade request to this machine.
    package init(port: Int, target: String = "/ws") {
        self.port = port
        self.target = target
        self.headers = [
            "Host": "localhost:\(port)",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": Self.key,
            "Sec-WebSocket-Version": "13",
        ]
    }

    /// The request as it goes over the wire, with what trails it.
    package var bytes: ByteBuffer {
        let fields = self.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        var buffer = ByteBuffer(string: "\(self.method) \(self.target) HTTP/1.1\r\n\(fields)\r\n")
        buffer.writeBytes(self.trailing)
        return buffer
    }
}

/// What a server answered to a `WebSocketClientRequest`.
package struct WebSocketClientAnswer: Sendable, Equatable {
    /// The status: 101 where the upgrade was accepted.
    package let status: Int
    /// The answer's headers.
    package let headers: HTTPHeaders
    /// The body, as UTF-8; empty after a 101.
    ///
    /// It is as long as Content-Length says, else all that comes until the server closes, chunk headers included.
    package var body: String

    /// Whether this is the handshake that RFC 6455 §4.2.2 wants for the key that the client sends by itself.
    var isUpgrade: Bool {
        self.status == 101 && self.headers["Sec-WebSocket-Accept"] == ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]
    }

    /// The answer's head; nil where the text is no HTTP response.
    init?(head: String) {
        let lines = head.split(separator: "\r\n")
        let parts = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else { return nil }
        self.status = status
        self.body = ""
        self.headers = HTTPHeaders(
            lines.dropFirst().map { line in
                let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(field[0]), field.count > 1 ? String(field[1].drop { $0 == " " }) : "")
            }
        )
    }
}
