import NIOCore
import NIOEmbedded
import Testing

@testable import Brain

@Suite struct PendingConnectionsTests {
    private func connect() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    @Test func `closes what it holds, and not what was let go`() throws {
        let pending = PendingConnections()
        let (held, session) = (try self.connect(), try self.connect())
        for channel in [held, session] { pending.add(channel) }
        pending.remove(session)
        pending.closeAll()
        #expect(!held.isActive)
        #expect(session.isActive)
    }

    @Test func `once closed it closes whatever comes`() throws {
        let pending = PendingConnections()
        pending.closeAll()
        let late = try self.connect()
        pending.add(late)
        #expect(!late.isActive)
        pending.remove(late)
        pending.closeAll()
    }

    @Test func `counts what it holds, and holds nothing that was let go`() throws {
        let pending = PendingConnections()
        weak var ended: EmbeddedChannel?
        do {
            let channel = try self.connect()
            ended = channel
            pending.add(channel)
            #expect(pending.count == 1)
            pending.remove(channel)
            channel.close(promise: nil)
            channel.embeddedEventLoop.run()
        }
        #expect(ended == nil)
        #expect(pending.count == 0)
    }
}
