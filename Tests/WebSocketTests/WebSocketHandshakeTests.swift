import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOWebSocket
import Testing
import WebSocket

@Suite struct WebSocketHandshakeTests {
    private static func request(version: String = "13") -> HTTPRequestHead {
        let headers: HTTPHeaders = [
            "Host": "localhost", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": version,
        ]
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: "/ws", headers: headers)
    }

    @Test func `answers with the accept key of RFC 6455`() throws {
        let answer = try WebSocketHandshake.answer(to: Self.request(), on: EmbeddedChannel()).wait()
        #expect(answer.status == .switchingProtocols)
        #expect(answer.headers["Sec-WebSocket-Accept"] == ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
        #expect(answer.headers["Upgrade"] == ["websocket"])
        #expect(answer.headers["Connection"] == ["upgrade"])
    }

    @Test func `has no answer to what is no valid upgrade`() {
        #expect(throws: (any Error).self) {
            try WebSocketHandshake.answer(to: Self.request(version: "8"), on: EmbeddedChannel()).wait()
        }
    }

    @Test(arguments: [(1000, true), (1001, false), (.max, false)])
    func `fails at the header of a frame over the limit`(limit: Int, fails: Bool) throws {
        let channel = EmbeddedChannel(handler: WebSocketHandshake.frameDecoder(maxMessageBytes: limit))
        let header = ByteBuffer(bytes: [0x82, 0xFE, 0x03, 0xE9])
        if fails {
            let error = #expect(throws: NIOWebSocketError.self) { try channel.writeInbound(header) }
            #expect(error.map(closeCode(for:)) == .tooLarge)
        } else {
            try channel.writeInbound(header)
        }
    }
}
