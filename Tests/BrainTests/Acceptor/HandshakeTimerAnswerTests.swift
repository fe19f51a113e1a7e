import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

/// The time in which an answer goes out.
@Suite struct HandshakeTimerAnswerTests {
    /// What the channel holds.
    private final class Held {
        var bytes = 0
    }

    private let held = Held()

    private func answering() throws -> TimedConnection {
        let connection = try TimedConnection { [held] _ in held.bytes }
        connection.timer.requestEnded()
        connection.timer.responseBegan()
        return connection
    }

    @Test func `an answer that is taken slowly has all the time it takes`() throws {
        let connection = try self.answering()
        for bytes in (0..<20).reversed() {
            self.held.bytes = bytes
            connection.wait(seconds: 4)
        }
        #expect(connection.isOpen)
        connection.timer.responseEnded()
        connection.wait(seconds: 4)
        #expect(connection.isOpen)
        connection.wait(seconds: 1)
        #expect(!connection.isOpen)
    }

    @Test func `ends a connection that takes nothing of its answer any more`() throws {
        let connection = try self.answering()
        self.held.bytes = 2
        connection.wait(seconds: 4)
        self.held.bytes = 1
        connection.wait(.milliseconds(4900))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(300))
        #expect(!connection.isOpen)
    }

    @Test func `an answer that has begun and is still being made takes as long as it takes`() throws {
        let connection = try self.answering()
        connection.wait(seconds: 3600)
        #expect(connection.isOpen)
    }

    @Test func `the second of pipelined requests, too, has to be taken`() throws {
        let connection = try self.answering()
        connection.timer.requestEnded()
        connection.timer.responseBegan()
        connection.timer.responseEnded()
        self.held.bytes = 1
        connection.wait(seconds: 6)
        #expect(!connection.isOpen)
    }
}
