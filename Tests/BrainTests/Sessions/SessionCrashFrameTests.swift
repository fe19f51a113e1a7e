import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

/// A client's frame that comes while its session fails or hangs: it has done nothing wrong.
@Suite struct SessionCrashFrameTests {
    private static let ailments = [SessionAilment.failing(.planted), .hanging]

    private let rig = SessionRig()

    private func afflict(_ client: TestClient, _ ailment: SessionAilment, times: Int = 1) async {
        #expect(await self.rig.shard.afflict(client.id, with: SessionAilment.Course(ailment, times: times)))
    }

    private func look(after seconds: Int) async {
        await self.rig.shard.ticked(now: .now + .seconds(seconds))
    }

    @Test(arguments: ailments)
    func `a session isn't closed for a pong at which it failed`(_ ailment: SessionAilment) async throws {
        let client = try await self.rig.open()
        await self.look(after: 25)
        var ping = try #require(try await client.channel.readOutbound(as: ByteBuffer.self))
        ping.moveReaderIndex(forwardBy: 2)
        await self.afflict(client, ailment)
        try await client.send(.pong, Array(ping.readableBytesView))
        #expect(await self.rig.directory.report(of: client.id)?.roundTrip != nil)
        for seconds in [36, 47] { await self.look(after: seconds) }
        #expect(try await client.received() == ["ping"])
        #expect(await self.rig.directory.totals().restarted == 1)
    }

    @Test(arguments: ailments)
    func `a message whose parts met a failure breaks no rule`(_ ailment: SessionAilment) async throws {
        let client = try await self.rig.open()
        await self.afflict(client, ailment)
        try await client.send(.text, Array(#"{"type":"#.utf8), fin: false)
        await self.look(after: 11)
        try await client.send(.continuation, Array(#""ping"}"#.utf8))
        #expect(try await client.received().map { $0.prefix(13) } == [#"{"type":"pong"#])
    }

    @Test func `a message whose end met a hang breaks no rule`() async throws {
        let client = try await self.rig.open()
        try await client.send(.text, Array("hel".utf8), fin: false)
        await self.afflict(client, .hanging)
        try await client.send(.continuation, Array("lo".utf8))
        await self.look(after: 11)
        try await client.send(.text, Array(#"{"event":"ping"}"#.utf8))
        #expect(try await client.received().map { $0.prefix(14) } == [#"{"event":"pong"#])
    }

    @Test(arguments: ailments)
    func `a close that met a failure is answered`(_ ailment: SessionAilment) async throws {
        let client = try await self.rig.open()
        await self.afflict(client, ailment)
        try await client.send(.connectionClose, [0x03, 0xE9])
        #expect(try await client.received() == ["close 1001"])
        #expect(!client.channel.isActive)
        #expect(await self.rig.directory.recentlyClosed().map(\.code) == [1001])
    }

    @Test(arguments: ailments)
    func `a broken rule is answered whatever ails the session`(_ ailment: SessionAilment) async throws {
        let client = try await self.rig.open()
        await self.afflict(client, ailment)
        try await client.send(.continuation)
        #expect(try await client.received() == ["close 1002"])
    }

    @Test func `a ping that met a failure is answered, in either form`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .failing(.planted))
        try await client.send(.ping)
        await self.afflict(client, .failing(.planted), times: 2)
        try await client.send(.text, Array(#"{"type":"ping"}"#.utf8))
        #expect(try await client.received().map { $0.prefix(13) } == ["pong", #"{"type":"pong"#])
        #expect(await self.rig.directory.totals().restarted == 3)
    }

    @Test func `a frame at which every instance fails ends in an eviction`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .failing(.planted), times: 9)
        try await client.send(.ping)
        #expect(try await client.received() == ["close 1011"])
        #expect(await self.rig.directory.totals().restarted == 3)
    }
}
