import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct SessionCrashCloseTests {
    private func evicted(_ rig: SessionRig) async throws -> TestClient {
        let client = try await rig.open()
        for number in UInt64(1)...4 {
            #expect(await rig.shard.plant(.planted, in: client.id))
            _ = await rig.shard.deliver([BroadcastFrame(number)], snapshot: nil)
        }
        #expect(try await client.received().last == "close 1011")
        return client
    }

    @Test func `nothing follows the close frame of an eviction`() async throws {
        let rig = SessionRig()
        let client = try await self.evicted(rig)
        _ = await rig.shard.deliver([BroadcastFrame(5)], snapshot: nil)
        #expect(try await client.received() == [])
    }

    @Test func `an evicted client that answers the close is disconnected, not answered`() async throws {
        let rig = SessionRig()
        let client = try await self.evicted(rig)
        try await client.send(.connectionClose, [0x03, 0xF3])
        #expect(try await client.received() == [])
        #expect(!client.channel.isActive)
        #expect(await rig.directory.recentlyClosed().map(\.reason) == ["the session failed"])
    }

    /// RFC 6455 §5.5.1: after the close frame no data frame may follow; the application's pong is one.
    @Test func `an application ping after the close frame gets no answer`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        _ = await rig.shard.close(client.id)
        try await client.send(.text, Array(#"{"type":"ping"}"#.utf8))
        #expect(try await client.received() == ["close 1000"])
    }

    @Test func `a session is evicted once, however often it fails`() async throws {
        let rig = SessionRig()
        let client = try await self.evicted(rig)
        #expect(await rig.shard.plant(.planted, in: client.id))
        _ = await rig.shard.deliver([BroadcastFrame(5)], snapshot: nil)
        #expect(await rig.directory.totals().evicted == 1)
    }

    @Test func `a session that crashes while it drains is still told to come back`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        _ = await rig.shard.deliver([BroadcastFrame(1, isTerminal: true)], snapshot: nil)
        await rig.shard.drain(within: .seconds(3))
        await rig.loops[0].advanceTime(by: .seconds(3))
        #expect(await rig.shard.plant(.planted, in: client.id))
        _ = await rig.shard.deliver([BroadcastFrame(2, run: "r2")], snapshot: nil)
        try await client.setWritable(true)
        #expect(try await client.received() == ["r1 end 1", "r2 update 2", "close 1012"])
    }
}
