import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct SessionShardTests {
    private func batch(_ numbers: ClosedRange<UInt64>) -> [BroadcastFrame] {
        numbers.map { BroadcastFrame($0, run: "r\($0)") }
    }

    @Test func `hands a batch to every session, and says how far it has come`() async throws {
        let rig = SessionRig()
        let clients = [try await rig.open(), try await rig.open()]
        #expect(await rig.shard.deliver(self.batch(1...2), snapshot: nil) == 2)
        for client in clients { #expect(try await client.received() == ["r1 update 1", "r2 update 2"]) }
    }

    @Test func `a batch that comes again, alone or with more, is not repeated`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        _ = await rig.shard.deliver(self.batch(1...2), snapshot: nil)
        #expect(await rig.shard.deliver(self.batch(1...2), snapshot: nil) == 2)
        #expect(await rig.shard.deliver(self.batch(1...3), snapshot: nil) == 3)
        #expect(await rig.shard.deliver([], snapshot: nil) == 3)
        #expect(try await client.received() == ["r1 update 1", "r2 update 2", "r3 update 3"])
    }

    @Test func `what was delivered before a session came is not sent to it when it comes again`() async throws {
        let rig = SessionRig()
        _ = await rig.shard.deliver(self.batch(1...2), snapshot: nil)
        let client = try await rig.open()
        _ = await rig.shard.deliver(self.batch(1...3), snapshot: nil)
        #expect(try await client.received() == ["r3 update 3"])
    }

    @Test func `what comes between the admission and the handler waits for the handler`() async throws {
        let rig = SessionRig()
        let client = try await rig.register()
        _ = await rig.shard.deliver(self.batch(1...2), snapshot: nil)
        #expect(try await client.received() == [])
        try await client.install()
        #expect(try await client.received() == ["r1 update 1", "r2 update 2"])
    }

    @Test func `a session that is closed before its handler is there is told so once it is`() async throws {
        let rig = SessionRig()
        let client = try await rig.register()
        _ = await rig.shard.deliver(self.batch(1...2), snapshot: nil)
        await rig.shard.closeAll(.restarting, reason: "messages were lost")
        #expect(try await client.received() == [])
        try await client.install()
        #expect(try await client.received() == ["close 1012"])
    }

    @Test func `what the socket doesn't take waits, conflated, until it does`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        _ = await rig.shard.deliver(
            [BroadcastFrame(1), BroadcastFrame(2, run: "r2"), BroadcastFrame(3)],
            snapshot: nil
        )
        #expect(try await client.received() == [])
        let report = try #require(await rig.directory.report(of: client.id))
        #expect(report.queuedRuns == 2)
        #expect(report.counters.conflated == 1)
        #expect(await rig.shard.oldestOwed?.id == client.id)
        try await client.setWritable(true)
        #expect(try await client.received() == ["r1 update 3", "r2 update 2"])
        #expect(await rig.shard.oldestOwed == nil)
    }

    @Test func `a session that owes too many messages is closed, the others are not`() async throws {
        let rig = SessionRig { $0.mailbox = MailboxLimit(runs: 2) }
        let (slow, quick) = (try await rig.open(), try await rig.open())
        try await slow.setWritable(false)
        _ = await rig.shard.deliver(self.batch(1...2), snapshot: nil)
        #expect(try await slow.received() == [])
        _ = await rig.shard.deliver(self.batch(1...3), snapshot: nil)
        #expect(try await slow.received() == ["close 4008"])
        #expect(try await quick.received().count == 3)
    }

    @Test func `a snapshot goes to those who await it, after what waited`() async throws {
        let rig = SessionRig()
        let (waiting, other) = (try await rig.open(awaitsSnapshot: true), try await rig.open())
        _ = await rig.shard.deliver([BroadcastFrame(1, run: "r2", isTerminal: true), BroadcastFrame(2)], snapshot: nil)
        #expect(try await waiting.received() == [])
        #expect(rig.shard.presence.awaitsSnapshot)
        _ = await rig.shard.deliver([BroadcastFrame(3)], snapshot: ActiveSnapshot(texts: "snapshot r1", "end"))
        #expect(try await waiting.received() == ["r2 end 1", "snapshot r1", "end"])
        #expect(try await other.received() == ["r2 end 1", "r1 update 2", "r1 update 3"])
        #expect(!rig.shard.presence.awaitsSnapshot)
        _ = await rig.shard.deliver([BroadcastFrame(4)], snapshot: ActiveSnapshot(texts: "another"))
        #expect(try await waiting.received() == ["r1 update 4"])
    }

    @Test func `a session that is closed while it awaits a snapshot isn't sent it after the close frame`()
        async throws
    {
        let rig = SessionRig()
        let client = try await rig.open(awaitsSnapshot: true)
        #expect(await rig.shard.close(client.id))
        _ = await rig.shard.deliver([], snapshot: ActiveSnapshot(texts: "r1 is active", "end"))
        #expect(try await client.received() == ["close 1000"])
    }

    @Test func `closes one session for an administrator`() async throws {
        let rig = SessionRig()
        let (client, other) = (try await rig.open(), try await rig.open())
        #expect(await rig.directory.close(client.id))
        #expect(await !rig.directory.close(SessionID(number: 99)))
        #expect(try await client.received() == ["close 1000"])
        #expect(try await other.received() == [])
        #expect(await rig.directory.report(of: client.id)?.state == "closing")
    }

    @Test func `a client that answers the close is disconnected, and remembered with our code`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        _ = await rig.shard.close(client.id)
        try await client.send(.connectionClose, [0x03, 0xE8])
        #expect(!client.channel.isActive)
        #expect(await rig.shard.count == 0)
        let closed = try #require(await rig.directory.recentlyClosed().first)
        #expect(closed.facts.id == client.id)
        #expect(closed.code == 1000)
    }

    @Test func `a client's own close is answered with its code and remembered with it`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.send(.connectionClose, [0x03, 0xE9])
        #expect(try await client.received() == ["close 1001"])
        #expect(!client.channel.isActive)
        #expect(await rig.directory.recentlyClosed().map(\.code) == [1001])
    }

    @Test func `a socket that vanishes is remembered with 1006`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.disconnect()
        #expect(await rig.directory.recentlyClosed().map(\.code) == [1006])
    }

    @Test func `bytes that are no frame close with 1002, a frame that is too large with 1009`() async throws {
        let rig = SessionRig()
        let (broken, large) = (try await rig.open(), try await rig.open())
        try await broken.fail(NIOWebSocketError.multiByteControlFrameLength)
        try await large.fail(NIOWebSocketError.invalidFrameLength)
        #expect(try await broken.received() == ["close 1002"])
        #expect(try await large.received() == ["close 1009"])
    }

    @Test func `answers a ping, and closes for a frame that breaks a rule`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.send(.ping, [1])
        try await client.send(.continuation, [1])
        #expect(try await client.received() == ["pong", "close 1002"])
    }

    @Test func `closes every session when frames were lost`() async throws {
        let rig = SessionRig()
        let clients = [try await rig.open(), try await rig.open()]
        await rig.shard.closeAll(.restarting, reason: "messages were lost")
        for client in clients { #expect(try await client.received() == ["close 1012"]) }
    }

    @Test func `a drain tells each session to come back, within the spread`() async throws {
        let rig = SessionRig()
        let clients = [try await rig.open(), try await rig.open()]
        await rig.shard.drain(within: .seconds(3))
        await rig.loops[0].advanceTime(by: .seconds(3))
        for client in clients { #expect(try await client.received() == ["close 1012"]) }
    }

    @Test func `a drain lets a slow socket have what it is owed first`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        try await client.setWritable(false)
        _ = await rig.shard.deliver([BroadcastFrame(1, isTerminal: true)], snapshot: nil)
        await rig.shard.drain(within: .seconds(3))
        await rig.loops[0].advanceTime(by: .seconds(3))
        #expect(try await client.received() == [])
        try await client.setWritable(true)
        #expect(try await client.received() == ["r1 end 1", "close 1012"])
    }

    @Test func `cuts off whoever is left`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        await rig.shard.disconnectAll()
        await rig.loops[0].run()
        #expect(!client.channel.isActive)
        #expect(rig.directory.count == 0)
    }

    @Test func `looks at the clocks from the start on, until the stop`() async throws {
        let rig = SessionRig { $0.heartbeat = HeartbeatLimits(pingInterval: .zero) }
        let client = try await rig.open()
        await rig.loops[0].advanceTime(by: .seconds(1))
        #expect(try await client.received() == [])
        await rig.shard.start()
        await rig.shard.start()
        await rig.loops[0].advanceTime(by: .seconds(1))
        #expect(try await client.received() == ["ping"])
        await rig.shard.stop()
        let second = try await rig.open()
        await rig.loops[0].advanceTime(by: .seconds(1))
        #expect(try await second.received() == [])
    }
}

@Suite struct ShardPresenceTests {
    @Test func `knows whether anyone is there, and whether anyone waits for a snapshot`() {
        let presence = ShardPresence()
        #expect(presence.isEmpty && !presence.awaitsSnapshot)
        presence.joined(awaitsSnapshot: true)
        presence.joined(awaitsSnapshot: false)
        #expect(!presence.isEmpty && presence.awaitsSnapshot)
        presence.hasSnapshots()
        #expect(!presence.awaitsSnapshot)
    }

    @Test func `nobody waits once the last has left, with a snapshot or without`() {
        let presence = ShardPresence()
        presence.joined(awaitsSnapshot: true)
        presence.left()
        #expect(presence.isEmpty && !presence.awaitsSnapshot)
    }
}
