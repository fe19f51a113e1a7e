import Brain
import BrainTestKit
import Testing

/// How clients that break a rule end, and what is no breach (contract §3.4, §3.6; RFC 6455).
@Suite(.timeLimit(.minutes(5)))
struct DaemonProtocolTests {
    struct Breach: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: UInt16
        let frames: [WebSocketClientFrame]

        init(_ name: String, _ code: UInt16, _ frames: WebSocketClientFrame...) {
            self.testDescription = name
            self.code = code
            self.frames = frames
        }
    }

    static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8] = [],
        _ change: (inout WebSocketClientFrame) -> Void = { _ in }
    ) -> WebSocketClientFrame {
        var frame = WebSocketClientFrame(opcode: opcode, payload: payload)
        change(&frame)
        return frame
    }

    static let half = [UInt8](repeating: 0x61, count: 40_000)

    static let breaches = [
        Breach("unmasked", 1002, Self.frame(1, [0x61]) { $0.isMasked = false }),
        Breach("a reserved bit", 1002, Self.frame(1, [0x61]) { $0.reservedBits = 4 }),
        Breach("an unknown opcode", 1002, Self.frame(3)),
        Breach("an unknown control opcode", 1002, Self.frame(11)),
        Breach("a fragmented ping", 1002, Self.frame(9) { $0.fin = false }),
        Breach("a ping too long", 1002, Self.frame(9, [UInt8](repeating: 0, count: 126))),
        Breach("a continuation of nothing", 1002, Self.frame(0)),
        Breach("a message within a message", 1002, Self.frame(1) { $0.fin = false }, Self.frame(1)),
        Breach("a close of one byte", 1002, Self.frame(8, [3])),
        Breach("a close code that must not be sent", 1002, .close(code: 1006)),
        Breach("text that isn't UTF-8", 1007, Self.frame(1, [0xC3, 0x28])),
        Breach(
            "text that ends in half a character",
            1007,
            Self.frame(1, [0xE6]) { $0.fin = false },
            Self.frame(0, [0xBC])
        ),
        Breach("a close reason that isn't UTF-8", 1007, Self.frame(8, [0x03, 0xE8, 0xFF])),
        Breach("a message too large, by its header", 1009, Self.frame(1) { $0.claimedLength = 65_537 }),
        Breach(
            "a message too large in two frames",
            1009,
            Self.frame(2, Self.half) { $0.fin = false },
            Self.frame(0, Self.half)
        ),
    ]

    @Test
    func `ends each breach with its code, and touches no other session`() async throws {
        try await withDaemon { daemon in
            let witness = try await daemon.connect()
            for breach in Self.breaches {
                let client = try await daemon.connect()
                for frame in breach.frames { try await client.send(frame) }
                #expect(try await client.closeCode() == breach.code, "\(breach.testDescription)")
                try await client.closed()
            }
            try await eventually("all are listed") {
                try await daemon.json("/api/debug/sessions")["count"] == 1
            }
            let closed = try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements ?? []
            #expect(closed.compactMap { $0["code"]?.number }.sorted() == Self.breaches.map { Double($0.code) }.sorted())
            #expect(try await daemon.settled(witness).isEmpty)
        }
    }

    @Test
    func `takes messages of 64 KiB, and ignores what they say`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            try await client.send(Self.frame(1, [UInt8](repeating: 0x61, count: 65_536)))
            try await client.send(Self.frame(2, [0xFF, 0xC3]))
            try await client.send(text: #"{"event":"subscribe","run":"a"}"#)
            try await client.send(Self.frame(1, [0xE6]) { $0.fin = false })
            try await client.send(Self.frame(9, [1, 2]))
            try await client.send(Self.frame(0, [0xBC, 0xA2]))
            #expect(try await client.next() == .pong([1, 2]))
            #expect(try await daemon.settled(client).isEmpty)
            #expect(try await daemon.json("/api/debug/sessions/s-000001")["messages_received"] == 4)
        }
    }

    @Test
    func `closes a client that sends too many messages, or too many pings, with 1008`() async throws {
        try await withDaemon { daemon in
            for (opcode, count) in [(UInt8(1), 100), (2, 100), (0, 100), (9, 1000), (10, 1000)] {
                let client = try await daemon.connect()
                if opcode == 0 { try await client.send(Self.frame(1) { $0.fin = false }) }
                let one = Self.frame(opcode) { $0.fin = opcode != 0 }
                try await client.send(Array(repeating: one, count: count))
                #expect(try await client.closeCode() == 1008, "opcode \(opcode)")
            }
        }
    }

    @Test
    func `takes messages as fast as they come where the rate is lifted`() async throws {
        try await withDaemon(DaemonSetup { $0.inbound.inboundRate = 0 }) { daemon in
            let client = try await daemon.connect()
            for _ in 1...200 { try await client.send(text: "x") }
            #expect(try await daemon.settled(client).isEmpty)
            try await eventually("all are counted") {
                try await daemon.json("/api/debug/sessions/s-000001")["messages_received"] == 200
            }
        }
    }

    @Test
    func `answers a close with the client's own code, and lists it`() async throws {
        try await withDaemon { daemon in
            let closes: [(frame: WebSocketClientFrame, code: UInt16)] = [
                (.close(code: 1000), 1000), (.close(code: 1001, reason: "bye"), 1001), (.close(code: 4321), 4321),
                (Self.frame(8), 1005),
            ]
            for (frame, code) in closes {
                let client = try await daemon.connect()
                try await client.send(frame)
                #expect(try await client.closeCode() == code)
                try await client.closed()
            }
            try await daemon.connect().reset()
            try await eventually("all are listed") {
                try await daemon.json("/api/debug/sessions")["totals"]?["closed"] == 5
            }
            let closed = try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements ?? []
            #expect(Set(closed.compactMap { $0["code"]?.number }) == [1000, 1001, 4321, 1005, 1006])
        }
    }

    @Test
    func `takes frames that come in one packet with the request`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect { request in
                request.trail(Self.frame(9, [7]))
            }
            #expect(try await client.next() == .pong([7]))
        }
    }
}
