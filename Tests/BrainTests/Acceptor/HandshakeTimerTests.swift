import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

/// A connection with nothing but the timer in its pipeline.
struct TimedConnection {
    let channel: EmbeddedChannel
    let timer: HandshakeTimer

    init(
        clock: HandshakeClock = HandshakeClock(),
        loop: EmbeddedEventLoop = EmbeddedEventLoop(),
        timeout: Duration = .seconds(5),
        bytesHeld: @escaping (any Channel) -> Int = { _ in 0 }
    ) throws {
        self.channel = EmbeddedChannel(loop: loop)
        self.timer = HandshakeTimer(timeout: timeout, clock: clock, bytesHeld: bytesHeld)
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        try self.channel.pipeline.syncOperations.addHandler(self.timer)
    }

    var isOpen: Bool { self.channel.isActive }

    func wait(seconds: Int64) {
        self.wait(.seconds(seconds))
    }

    func wait(_ time: TimeAmount) {
        self.channel.embeddedEventLoop.advanceTime(by: time)
    }

    func sendByte() throws {
        try self.channel.writeInbound(ByteBuffer(integer: UInt8(0)))
    }
}

@Suite struct HandshakeTimerTests {
    @Test func `ends a connection that never sends a byte`() throws {
        let connection = try TimedConnection()
        connection.wait(seconds: 4)
        #expect(connection.isOpen)
        connection.wait(seconds: 1)
        #expect(!connection.isOpen)
    }

    @Test func `bytes that trickle in don't stretch the time`() throws {
        let connection = try TimedConnection()
        for _ in 0..<4 {
            connection.wait(seconds: 1)
            try connection.sendByte()
        }
        connection.wait(seconds: 1)
        #expect(!connection.isOpen)
    }

    @Test func `hands on the bytes`() throws {
        let connection = try TimedConnection()
        try connection.sendByte()
        #expect(try connection.channel.readInbound(as: ByteBuffer.self) == ByteBuffer(integer: UInt8(0)))
    }

    @Test func `an answer takes as long as it takes`() throws {
        let connection = try TimedConnection()
        #expect(connection.timer.isReceiving)
        connection.timer.requestEnded()
        #expect(!connection.timer.isReceiving)
        connection.wait(seconds: 3600)
        #expect(connection.isOpen)
    }

    @Test func `ends a kept connection that idles`() throws {
        let connection = try TimedConnection()
        connection.timer.requestEnded()
        connection.wait(seconds: 60)
        connection.timer.responseEnded()
        connection.wait(seconds: 4)
        #expect(connection.isOpen)
        connection.wait(seconds: 1)
        #expect(!connection.isOpen)
    }

    @Test func `a later request has its time from its first byte`() throws {
        let connection = try TimedConnection()
        connection.timer.requestEnded()
        connection.timer.responseEnded()
        connection.wait(seconds: 4)
        try connection.sendByte()
        connection.wait(seconds: 4)
        try connection.sendByte()
        #expect(connection.isOpen)
        connection.wait(seconds: 1)
        #expect(!connection.isOpen)
    }

    @Test func `a session is none of its business`() throws {
        let connection = try TimedConnection()
        connection.channel.pipeline.syncOperations.removeHandler(connection.timer, promise: nil)
        connection.channel.embeddedEventLoop.run()
        connection.wait(seconds: 3600)
        #expect(connection.isOpen)
    }

    @Test func `an early answer gives the rest of the request no more time`() throws {
        let connection = try TimedConnection()
        connection.timer.responseEnded()
        connection.wait(seconds: 5)
        #expect(!connection.isOpen)
    }

    @Test func `connections of one event loop share a clock, and each has its own time, within 100 ms`() throws {
        let clock = HandshakeClock()
        let first = try TimedConnection(clock: clock)
        first.wait(.milliseconds(1050))
        let second = try TimedConnection(clock: clock, loop: first.channel.embeddedEventLoop)
        first.wait(.milliseconds(3950))
        #expect(!first.isOpen && second.isOpen)
        first.wait(.milliseconds(1049))
        #expect(second.isOpen)
        first.wait(.milliseconds(51))
        #expect(!second.isOpen)
    }

    @Test func `a short time is missed by a tenth at most`() throws {
        let connection = try TimedConnection(timeout: .milliseconds(50))
        connection.wait(.milliseconds(49))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(6))
        #expect(!connection.isOpen)
    }

    @Test func `a clock holds no connection that is over, and starts again with the next`() throws {
        let clock = HandshakeClock()
        let loop = EmbeddedEventLoop()
        weak var timer: HandshakeTimer?
        do {
            let connection = try TimedConnection(clock: clock, loop: loop)
            timer = connection.timer
            connection.channel.close(promise: nil)
            loop.advanceTime(by: .milliseconds(200))
        }
        #expect(timer == nil)
        let next = try TimedConnection(clock: clock, loop: loop)
        next.wait(seconds: 5)
        #expect(!next.isOpen)
    }
}
