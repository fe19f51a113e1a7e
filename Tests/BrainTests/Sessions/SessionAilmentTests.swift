import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct SessionAilmentTests {
    private let rig = SessionRig()

    private func afflict(
        _ client: TestClient,
        _ ailment: SessionAilment,
        times: Int = 1,
        after delay: Duration = .zero
    ) async {
        let course = SessionAilment.Course(ailment, times: times, after: delay)
        #expect(await self.rig.shard.afflict(client.id, with: course))
    }

    private var restarted: Int {
        get async { await self.rig.directory.totals().restarted }
    }

    @Test func `a session that hangs writes nothing, and loses nothing`() async throws {
        let (client, other) = (try await rig.open(), try await rig.open())
        await self.afflict(client, .hanging)
        _ = await self.rig.shard.deliver([BroadcastFrame(1, run: "a"), BroadcastFrame(2, run: "b")], snapshot: nil)
        try await client.send(.ping)
        try await client.setWritable(true)
        #expect(try await client.received() == [])
        #expect(try await other.received() == ["a update 1", "b update 2"])
        #expect(await self.restarted == 0)
        await self.rig.shard.ticked(now: .now + .seconds(11))
        #expect(await self.restarted == 1)
        #expect(try await client.received() == ["pong", "a update 1", "b update 2"])
        try await client.send(.ping)
        #expect(try await client.received().last == "pong")
    }

    @Test func `what waits for a session that fails is written by its next instance at once`() async throws {
        let client = try await self.rig.open()
        try await client.setWritable(false)
        _ = await self.rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        await self.afflict(client, .failing(.planted))
        try await client.setWritable(true)
        #expect(await self.restarted == 1)
        #expect(try await client.received() == ["a update 1"])
    }

    @Test func `what waits goes out in the same turn though the next instance fails as well`() async throws {
        let client = try await self.rig.open()
        try await client.setWritable(false)
        _ = await self.rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        await self.afflict(client, .failing(.planted), times: 2)
        try await client.setWritable(true)
        #expect(await self.restarted == 2)
        #expect(try await client.received() == ["a update 1"])
    }

    @Test func `a session that hangs can be closed`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .hanging)
        #expect(await self.rig.shard.close(client.id))
        #expect(try await client.received() == ["close 1000"])
    }

    @Test func `a session fails as often as was ordered`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .failing(.planted), times: 3)
        _ = await self.rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        #expect(await self.restarted == 3)
        #expect(try await client.received() == ["a update 1"])
    }

    @Test func `a slow session does all it should, until it is well again`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .slow, times: 2)
        _ = await self.rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        #expect(try await client.received() == ["a update 1"])
        #expect(await !self.isWell(client))
        await self.rig.loops[0].advanceTime(by: TimeAmount(SessionAilment.slowFor))
        #expect(await !self.isWell(client))
        await self.rig.loops[0].advanceTime(by: TimeAmount(SessionAilment.slowFor))
        #expect(await self.isWell(client))
        #expect(await self.restarted == 0)
    }

    @Test func `a slow session that hangs meanwhile still hangs when the slowness would be over`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .slow)
        await self.afflict(client, .hanging)
        await self.rig.loops[0].advanceTime(by: TimeAmount(SessionAilment.slowFor))
        #expect(await !self.isWell(client))
    }

    @Test func `an ailment begins when its time has come`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .hanging, after: .seconds(1))
        #expect(await self.isWell(client))
        await self.rig.loops[0].advanceTime(by: .seconds(1))
        #expect(await !self.isWell(client))
    }

    @Test func `an order replaces one that still waits for its time`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .hanging, after: .seconds(1))
        await self.afflict(client, .slow, after: .seconds(2))
        await self.rig.loops[0].advanceTime(by: .seconds(1))
        #expect(await self.isWell(client))
        await self.rig.loops[0].advanceTime(by: .seconds(1))
        #expect(await !self.isWell(client))
        await self.rig.loops[0].advanceTime(by: TimeAmount(SessionAilment.slowFor))
        #expect(await self.isWell(client))
        #expect(await self.rig.shard.courses.isEmpty)
    }

    @Test func `who is to be slow a second time is so for as long as the first time`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .slow)
        await self.rig.loops[0].advanceTime(by: .seconds(3))
        await self.afflict(client, .slow)
        await self.rig.loops[0].advanceTime(by: .seconds(3))
        #expect(await !self.isWell(client))
        await self.rig.loops[0].advanceTime(by: .seconds(2))
        #expect(await self.isWell(client))
    }

    @Test func `nothing is kept of who has gone, and nobody falls ill who isn't there`() async throws {
        let client = try await self.rig.open()
        await self.afflict(client, .failing(.planted), times: 2)
        await self.afflict(client, .hanging, after: .seconds(1))
        let begins = try #require(await self.rig.shard.courses[client.id]?.beginning)
        try await client.disconnect()
        #expect(await self.rig.shard.courses.isEmpty)
        await #expect(throws: EventLoopError.cancelled) { try await begins.futureResult.get() }
        #expect(await !self.rig.shard.afflict(client.id, with: SessionAilment.Course(.slow)))
    }

    private func isWell(_ client: TestClient) async -> Bool {
        await self.rig.shard.isWell(client.id)
    }
}

extension SessionShard {
    fileprivate func isWell(_ id: SessionID) -> Bool {
        self.records[id]?.session.assumeIsolated { $0.takesAll } ?? false
    }
}
