import BrainTestKit
import NIOCore
import NIOHTTP1
import Testing
import WebSocket

@Suite struct WebSocketClientTests {
    @Test func `talks to a server, in frames of every length`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            #expect(client.handshake.status == 101)
            for length in [1, 125, 126, 65_535, 65_536, 500_000] {
                let text = String(repeating: "x", count: length)
                try await client.send(text: text)
                #expect(try await client.nextText() == text)
            }
            try await client.disconnect()
        }
    }

    @Test func `gets the answer to a frame that went out with the request`() async throws {
        try await WebSocketEchoServer.run { server in
            var request = WebSocketClientRequest(port: server.port)
            request.trailing = Array(WebSocketClientFrame(opcode: 1, payload: "early".utf8).bytes.readableBytesView)
            let client = try await WebSocketClient.connect(request)
            #expect(try await client.nextText() == "early")
            try await client.disconnect()
        }
    }

    @Test func `sees status, headers and body of a refusal`() async throws {
        try await WebSocketEchoServer.run { server in
            var request = WebSocketClientRequest(port: server.port)
            request.headers.replaceOrAdd(name: "Sec-WebSocket-Version", value: "8")
            let answer = try await WebSocketClient.answer(to: request)
            #expect(answer.status == 426)
            #expect(answer.headers["connection"] == ["close"])
            #expect(answer.body == "no upgrade, no answer")
            await #expect(throws: WebSocketClientError.refused(answer)) { try await WebSocketClient.connect(request) }
        }
    }

    @Test func `says so where nobody listens`() async throws {
        var port = 0
        try await WebSocketEchoServer.run { port = $0.port }
        let request = WebSocketClientRequest(port: port)
        await #expect {
            try await WebSocketClient.connect(request)
        } throws: { error in
            guard case .notConnected? = error as? WebSocketClientError else { return false }
            return true
        }
    }

    @Test func `connects from the address it is told to`() async throws {
        try await WebSocketEchoServer.run { server in
            var request = WebSocketClientRequest(port: server.port)
            request.localAddress = "127.0.0.7"
            let client = try await WebSocketClient.connect(request)
            try await client.disconnect()
        }
    }

    @Test func `answers a ping unless it is told not to`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            try await client.send(text: "ping")
            #expect(try await client.next() == .ping([]))
            try await client.send(WebSocketClientFrame(opcode: 9, payload: [1, 2]))
            #expect(try await client.next() == .pong([1, 2]))
            try await client.send(text: #"{"event":"ping"}"#)
            #expect(try await client.nextText() == "pong")
            try await client.disconnect()
        }
    }

    @Test func `is told of each broken rule by its code`() async throws {
        var unmasked = WebSocketClientFrame(opcode: 1, payload: "x".utf8)
        unmasked.isMasked = false
        var reserved = WebSocketClientFrame(opcode: 1)
        reserved.reservedBits = 4
        var huge = WebSocketClientFrame(opcode: 2)
        huge.claimedLength = (1 << 20) + 1
        let cases: [(WebSocketClientFrame, CloseCode)] = [
            (unmasked, .protocolError), (reserved, .protocolError), (huge, .tooLarge),
            (WebSocketClientFrame(opcode: 0), .protocolError),
            (WebSocketClientFrame(opcode: 1, payload: [0xFF]), .invalidData),
        ]
        try await WebSocketEchoServer.run { server in
            for (frame, code) in cases {
                let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
                try await client.send(frame)
                #expect(try await client.closeCode() == code.rawValue)
                #expect(try await client.next() == .ended)
            }
        }
    }

    @Test func `hears its own close code echoed, then the end`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            try await client.send(.close(code: 1001, reason: "away"))
            #expect(try await client.next() == .close(code: 1001, reason: ""))
            #expect(try await client.next() == .ended)
            #expect(try await client.next() == .ended)
        }
    }

    @Test func `tells a vanished server from one that closed`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            try await client.send(text: "vanish")
            #expect(try await client.closeCode() == 1006)
        }
    }

    @Test func `reads nothing until it is told to, and then all of it in order`() async throws {
        var options = WebSocketClientOptions()
        options.readsAutomatically = false
        options.receiveBufferBytes = 4096
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port), options: options)
            try await client.send(text: "20000 texts")
            await #expect(throws: WebSocketClientError.deadline("no event within 0.05 seconds")) {
                try await client.next(within: .milliseconds(50))
            }
            try await client.setReading(true)
            for number in 0..<20_000 { #expect(try await client.nextText() == "\(number)") }
            try await client.disconnect()
        }
    }

    @Test func `closes and says so when the test takes too little`() async throws {
        var options = WebSocketClientOptions()
        options.inboxLimit = 10
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port), options: options)
            try await client.send(text: "11 texts")
            try await client.closed()
            await #expect(throws: WebSocketClientError.inboxFull(limit: 10)) { try await client.next() }
        }
    }

    @Test func `gives up on silence, and loses nothing that comes later`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            await #expect {
                try await client.next(within: .milliseconds(1))
            } throws: { error in
                guard case .deadline? = error as? WebSocketClientError else { return false }
                return true
            }
            try await client.send(text: "later")
            #expect(try await client.nextText() == "later")
            try await client.disconnect()
        }
    }

    @Test(arguments: [true, false])
    func `ends by FIN or by RST, more than once if need be`(byReset: Bool) async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            if byReset { try await client.reset() } else { try await client.disconnect() }
            try await client.disconnect()
            #expect(try await client.next() == .ended)
        }
    }

    @Test func `half-closes and is closed by a server that takes that for the end`() async throws {
        try await WebSocketEchoServer.run { server in
            let client = try await WebSocketClient.connect(WebSocketClientRequest(port: server.port))
            try await client.halfClose()
            #expect(try await client.closeCode() == 1006)
        }
    }
}
