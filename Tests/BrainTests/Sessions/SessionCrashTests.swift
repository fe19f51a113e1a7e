import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct SessionCrashTests {
    private func crash(_ client: TestClient, of rig: SessionRig, delivering frame: BroadcastFrame) async {
        #expect(await rig.shard.plant(.planted, in: client.id))
        _ = await rig.shard.deliver([frame], snapshot: nil)
    }

    @Test func `a session that crashes is restarted on its socket, with nothing lost or repeated`() async throws {
        let rig = SessionRig()
        let (client, other) = (try await rig.open(), try await rig.open())
        try await client.setWritable(false)
        _ = await rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        await self.crash(client, of: rig, delivering: BroadcastFrame(2, run: "b"))
        try await client.setWritable(true)
        _ = await rig.shard.deliver([BroadcastFrame(3, run: "c")], snapshot: nil)
        for socket in [client, other] {
            #expect(try await socket.received() == ["a update 1", "b update 2", "c update 3"])
        }
        #expect(await rig.directory.report(of: client.id)?.restarts == 1)
        #expect(await rig.directory.report(of: other.id)?.restarts == 0)
        #expect(await rig.directory.totals().restarted == 1)
    }

    @Test func `what waits goes out even if the session crashes when its socket takes bytes again`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        _ = await rig.shard.deliver([BroadcastFrame(1, run: "a")], snapshot: nil)
        #expect(await rig.shard.plant(.planted, in: client.id))
        try await client.setWritable(true)
        #expect(try await client.received() == ["a update 1"])
        #expect(await rig.shard.sums().restarted == 1)
    }

    @Test func `three crashes are forgiven, the fourth is an eviction with 1011`() async throws {
        let rig = SessionRig()
        let (client, other) = (try await rig.open(), try await rig.open())
        for number in 1...3 {
            await self.crash(client, of: rig, delivering: BroadcastFrame(UInt64(number), run: "r\(number)"))
        }
        #expect(try await client.received() == ["r1 update 1", "r2 update 2", "r3 update 3"])
        await self.crash(client, of: rig, delivering: BroadcastFrame(4, run: "r4"))
        #expect(try await client.received() == ["close 1011"])
        let totals = await rig.directory.totals()
        #expect(totals.restarted == 3)
        #expect(totals.evicted == 1)
        #expect(try await other.received().count == 4)
    }

    @Test func `an evicted session is cut off after the grace, gives its place back, and is remembered`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        for number in UInt64(1)...4 { await self.crash(client, of: rig, delivering: BroadcastFrame(number)) }
        #expect(rig.book.counts.sessions == 1)
        await rig.loops[0].advanceTime(by: TimeAmount(SessionMachine.closeGrace))
        #expect(!client.channel.isActive)
        #expect(rig.book.counts.sessions == 0)
        #expect(rig.directory.count == 0)
        #expect(await rig.directory.recentlyClosed().map(\.code) == [1011])
    }

    @Test func `a crash at an event of the socket restarts the session`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        #expect(await rig.shard.plant(.planted, in: client.id))
        try await client.send(.ping)
        #expect(await rig.directory.totals().restarted == 1)
        #expect(try await client.received() == ["pong"])
    }

    @Test func `a crash while closing is no restart`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        _ = await rig.shard.close(client.id)
        await self.crash(client, of: rig, delivering: BroadcastFrame(1))
        #expect(try await client.received() == ["close 1000"])
        #expect(await rig.directory.totals().restarted == 0)
        await rig.loops[0].advanceTime(by: TimeAmount(SessionMachine.closeGrace))
        #expect(await rig.directory.recentlyClosed().map(\.code) == [1000])
    }

    @Test func `a fault can't be planted where there is no session`() async {
        let rig = SessionRig()
        #expect(await !rig.shard.plant(.planted, in: SessionID(number: 1)))
    }

    @Test func `no actor outlives its restart or its session`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        await self.crash(client, of: rig, delivering: BroadcastFrame(1))
        try await client.disconnect()
        let audit = await rig.shard.audit()
        #expect(audit.open == 0)
        #expect(audit.lingering == [])
    }
}
