import NIOCore
import NIOWebSocket
import Testing
import WebSocket

@testable import Brain

@Suite struct CaughtUpSessionsTests {
    private let rig = SessionRig()
    private let frames = (1...3).map { BroadcastFrame($0, run: "r\($0)") }

    @Test func `gives a batch to the kernel at once, and nothing to the channel`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        #expect(await rig.shard.deliver(self.frames, snapshot: nil) == 3)
        #expect(pair.received() == joined(self.frames))
        #expect(try await client.handed() == [])
    }

    @Test func `counts for each session what was sent since it came`() async throws {
        let pairs = [try KernelPair(), try KernelPair()]
        let first = try await rig.open(on: pairs[0])
        _ = await rig.shard.deliver(self.frames, snapshot: nil)
        let second = try await rig.open(on: pairs[1])
        let more = [BroadcastFrame(4)]
        _ = await rig.shard.deliver(more, snapshot: nil)
        let reports = [await rig.shard.report(of: first.id), await rig.shard.report(of: second.id)]
        #expect(reports.map { $0?.counters.messagesSent } == [4, 1])
        #expect(reports.map { $0?.counters.bytesSent } == [joined(self.frames + more).count, joined(more).count])
        #expect(reports.allSatisfy { $0?.lastWriteAgo != nil })
        #expect(await rig.shard.sums().counters.messagesSent == 5)
        try await first.disconnect()
        #expect(await rig.shard.sums().counters.messagesSent == 5)
    }

    @Test func `hands the frame that the kernel has begun to the channel, and lets the others wait`() async throws {
        let pair = try KernelPair(sendBuffer: 1)
        let client = try await rig.open(on: pair)
        let large = (1...9).map { BroadcastFrame($0, run: "r\($0)", padding: 2000) }
        client.hold(true)
        #expect(await rig.shard.deliver(large, snapshot: nil) == 9)
        let sent = pair.received() + (try await client.handed())
        #expect(sent.count < joined(large).count)
        #expect(sent.count % large[0].bytes.readableBytes == 0)
        try await client.setWritable(true)
        var rest: [UInt8] = []
        while case let piece = pair.received() + (try await client.handed()), !piece.isEmpty {
            rest += piece
            try await client.setWritable(true)
        }
        #expect(sent + rest == joined(large))
        #expect(await rig.shard.report(of: client.id)?.counters.messagesSent == 9)
        #expect(await rig.shard.report(of: client.id)?.counters.bytesSent == joined(large).count)
    }

    @Test func `conflates for a session that has fallen behind, and takes it back once it caught up`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        try await client.setWritable(false)
        try await client.send(.pong)
        _ = await rig.shard.deliver([BroadcastFrame(1)], snapshot: nil)
        _ = await rig.shard.deliver([BroadcastFrame(2)], snapshot: nil)
        #expect(pair.received() == [])
        try await client.setWritable(true)
        #expect(pair.received() == joined([BroadcastFrame(2)]))
        _ = await rig.shard.deliver([BroadcastFrame(3)], snapshot: nil)
        #expect(pair.received() == joined([BroadcastFrame(3)]))
        #expect(await rig.shard.report(of: client.id)?.counters.conflated == 1)
    }

    @Test func `sends nothing after the close frame`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        #expect(await rig.shard.close(client.id))
        _ = await rig.shard.deliver(self.frames, snapshot: nil)
        #expect(pair.received() == Array(PreparedFrame.close(.normal, reason: Self.reason).buffer.readableBytesView))
        #expect(try await client.handed() == [])
    }

    private static let reason = "closed by an administrator"

    @Test func `sends nothing to a descriptor whose channel is gone`() async throws {
        let pairs = [try KernelPair(), try KernelPair(), try KernelPair()]
        var clients: [TestClient] = []
        for pair in pairs { clients.append(try await rig.open(on: pair)) }
        try await clients[1].disconnect()
        _ = await rig.shard.deliver(self.frames, snapshot: nil)
        #expect(pairs.map { $0.received().count } == [joined(self.frames).count, 0, joined(self.frames).count])
        try await clients[0].disconnect()
        _ = await rig.shard.deliver([BroadcastFrame(4)], snapshot: nil)
        #expect(pairs.map { $0.received().isEmpty } == [true, true, false])
    }

    @Test func `leaves it to the channel to find that the peer is gone`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        pair.hangUp()
        client.hold(true)
        _ = await rig.shard.deliver([BroadcastFrame(1)], snapshot: nil)
        try await client.setWritable(true)
        #expect(try await client.handed() == joined([BroadcastFrame(1)]))
    }

    @Test func `a session that crashes gets what it is owed by its next instance`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        _ = await rig.shard.deliver(self.frames, snapshot: nil)
        #expect(await rig.shard.plant(.planted, in: client.id))
        _ = await rig.shard.deliver([BroadcastFrame(4)], snapshot: nil)
        _ = await rig.shard.deliver([BroadcastFrame(5)], snapshot: nil)
        #expect(pair.received() == joined(self.frames + [BroadcastFrame(4), BroadcastFrame(5)]))
        #expect(await rig.shard.sums().restarted == 1)
    }

    @Test func `passes over what was delivered before, also for who falls behind later`() async throws {
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        _ = await rig.shard.deliver(self.frames, snapshot: nil)
        #expect(await rig.shard.deliver(self.frames + [BroadcastFrame(4)], snapshot: nil) == 4)
        try await client.setWritable(false)
        try await client.send(.pong)
        #expect(await rig.shard.deliver(self.frames, snapshot: nil) == 4)
        try await client.setWritable(true)
        #expect(pair.received() == joined(self.frames + [BroadcastFrame(4)]))
    }
}
