import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

@Suite struct HandshakeTimerEarlyAnswerTests {
    @Test func `a connection idles no longer when its answer came before the end of the request`() throws {
        let connection = try TimedConnection()
        connection.timer.responseEnded()
        connection.timer.requestEnded()
        connection.wait(seconds: 5)
        #expect(!connection.isOpen)
    }

    @Test func `of pipelined requests the second, too, takes as long to answer as it takes`() throws {
        let connection = try TimedConnection()
        connection.timer.requestEnded()
        connection.timer.requestEnded()
        connection.timer.responseEnded()
        connection.wait(seconds: 60)
        #expect(connection.isOpen)
        connection.timer.responseEnded()
        connection.wait(seconds: 5)
        #expect(!connection.isOpen)
    }
}
