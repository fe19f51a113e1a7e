/// The head of the answer to an upgrade, in whatever pieces it comes.
struct UpgradeAnswer: Sendable, Equatable {
    /// What is known after a piece.
    enum Outcome: Equatable {
        case incomplete
        /// The whole head was seen, with `used` bytes of the last piece; what is behind them are frames after a 101.
        case complete(status: Int, used: Int)
        /// It is no HTTP answer, no end of it is in sight, or it accepts another key.
        case malformed
    }

    /// The longest head.
    static let limit = 8 << 10
    /// The key of RFC 6455 §1.3, whose answer is known without a hash.
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private static let accept = Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n".utf8)
    private static let end = Array("\r\n\r\n".utf8)

    private var head: [UInt8] = []

    /// The request that it answers; it says who asks, so that whoever lists the daemon's sessions finds the client.
    static func request(port: Int, agent: ClientAgent) -> [UInt8] {
        Array(
            """
            GET /ws HTTP/1.1\r\nHost: localhost:\(port)\r\nUser-Agent: \(agent.text)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: \(Self.key)\r\nSec-WebSocket-Version: 13\r\n\r\n
            """.utf8
        )
    }

    /// Takes the next piece.
    mutating func read(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        let before = self.head.count
        self.head.append(contentsOf: bytes.prefix(Self.limit - before))
        guard let end = self.head.firstRange(of: Self.end)?.upperBound else {
            return self.head.count < Self.limit ? .incomplete : .malformed
        }
        self.head.removeLast(self.head.count - end)
        guard let status = self.status, status != 101 || self.head.firstRange(of: Self.accept) != nil else {
            return .malformed
        }
        return .complete(status: status, used: end - before)
    }

    private var status: Int? {
        guard self.head.starts(with: "HTTP/1.1 ".utf8) else { return nil }
        let digits = String(decoding: self.head.dropFirst(9).prefix(3), as: UTF8.self)
        return Int(digits).flatMap { (100...599).contains($0) ? $0 : nil }
    }
}
