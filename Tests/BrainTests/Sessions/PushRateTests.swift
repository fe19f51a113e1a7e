import BrainTestKit
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import Brain

/// A rate of one message a second: two may go at once, and one more with each second.
@Suite struct PushRateTests {
    private let rig = SessionRig { $0.maxPushRate = 1 }
    private let start = ContinuousClock.now

    private func updates(_ numbers: ClosedRange<UInt64>) -> [BroadcastFrame] {
        numbers.map { BroadcastFrame($0, run: "r\($0)") }
    }

    private func deliver(_ frames: [BroadcastFrame], at seconds: Int = 0) async {
        _ = await self.rig.shard.deliver(FrameBatch(frames), snapshot: nil, now: self.start + .seconds(seconds))
    }

    private func resume(at seconds: Int) async {
        await self.rig.shard.resume(now: self.start + .seconds(seconds))
    }

    @Test func `holds updates over the rate back for all that keep up, and lets them go with time`() async throws {
        let pairs = [try KernelPair(), try KernelPair()]
        for pair in pairs { _ = try await self.rig.open(on: pair) }
        let frames = self.updates(1...4)
        await self.deliver(frames)
        #expect(pairs.map { $0.received() } == [joined([frames[0], frames[1]]), joined([frames[0], frames[1]])])
        await self.resume(at: 1)
        #expect(pairs.map { $0.received() } == [joined([frames[2]]), joined([frames[2]])])
        await self.resume(at: 1)
        #expect(pairs.map { $0.received() } == [[], []])
        await self.resume(at: 9)
        #expect(pairs.map { $0.received() } == [joined([frames[3]]), joined([frames[3]])])
    }

    @Test func `conflates what is held back, and counts it for each session`() async throws {
        let pair = try KernelPair()
        let client = try await self.rig.open(on: pair)
        await self.deliver(self.updates(1...2))
        for number in UInt64(3)...5 { await self.deliver([BroadcastFrame(number)]) }
        let report = try #require(await self.rig.shard.report(of: client.id))
        #expect(report.queuedRuns == 1 && report.counters.conflated == 2 && report.counters.messagesSent == 2)
        await self.resume(at: 9)
        #expect(pair.received() == joined(self.updates(1...2) + [BroadcastFrame(5)]))
    }

    @Test func `never holds a terminal message back`() async throws {
        let pair = try KernelPair()
        _ = try await self.rig.open(on: pair)
        await self.deliver(self.updates(1...3))
        let ends = (4...9).map { BroadcastFrame($0, run: "r\($0)", isTerminal: true) }
        let end = BroadcastFrame(10, run: "r3", isTerminal: true)
        await self.deliver(ends + [end])
        #expect(pair.received() == joined(self.updates(1...2) + ends + [end]))
    }

    @Test func `a session that is alone with its socket holds to the rate too`() async throws {
        let client = try await self.rig.open()
        await self.deliver(self.updates(1...4))
        #expect(try await client.received() == ["r1 update 1", "r2 update 2"])
        await self.resume(at: 1)
        #expect(try await client.received() == ["r3 update 3"])
    }

    @Test func `who falls behind takes along what was held back`() async throws {
        let pair = try KernelPair()
        let client = try await self.rig.open(on: pair)
        await self.deliver(self.updates(1...4))
        try await client.setWritable(false)
        try await client.send(.pong)
        await self.deliver([BroadcastFrame(5, run: "r3")])
        await self.resume(at: 9)
        #expect(pair.received() == joined(self.updates(1...2)))
        client.hold(false)
        await self.resume(at: 20)
        #expect(pair.received() == joined([BroadcastFrame(5, run: "r3")] + self.updates(4...4)))
        #expect(await self.rig.shard.report(of: client.id)?.counters.messagesSent == 4)
    }

    @Test func `who waits for the rate alone stays alone until it has had all`() async throws {
        let pairs = [try KernelPair(), try KernelPair()]
        let client = try await self.rig.open(on: pairs[0])
        _ = try await self.rig.open(on: pairs[1])
        try await client.setWritable(false)
        try await client.send(.pong)
        await self.deliver(self.updates(1...4), at: 3600)
        client.hold(false)
        try await client.send(.pong)
        for seconds in [3609, 3620] { await self.resume(at: seconds) }
        let sent = pairs.map { $0.received() }
        #expect(sent == [joined(self.updates(1...4)), joined(self.updates(1...4))])
    }

    @Test func `who comes while something is held back isn't owed it`() async throws {
        let pairs = [try KernelPair(), try KernelPair()]
        _ = try await self.rig.open(on: pairs[0])
        await self.deliver(self.updates(1...4))
        _ = try await self.rig.open(on: pairs[1])
        await self.deliver(self.updates(5...5))
        for seconds in [9, 20] { await self.resume(at: seconds) }
        #expect(pairs.map { $0.received() } == [joined(self.updates(1...5)), joined(self.updates(5...5))])
    }

    @Test func `a session that is closed meanwhile gets nothing after its close frame`() async throws {
        let pair = try KernelPair()
        let client = try await self.rig.open(on: pair)
        await self.deliver(self.updates(1...4))
        _ = pair.received()
        #expect(await self.rig.shard.close(client.id))
        let close = pair.received()
        await self.resume(at: 20)
        await self.deliver(self.updates(5...5))
        #expect(close.first == 0x88 && pair.received() == [])
    }

    @Test func `what is held back goes out at once where a session is told to come back`() async throws {
        let pair = try KernelPair()
        let client = try await self.rig.open(on: pair)
        await self.deliver(self.updates(1...5))
        #expect(pair.received() == joined(self.updates(1...2)))
        await self.rig.shard.drainOne(client.id)
        let rest = pair.received()
        #expect(rest.starts(with: joined(self.updates(3...5))) && rest.dropFirst(39).first == 0x88)
    }

    @Test func `more than a mailbox holds closes each of those that are caught up`() async throws {
        let rig = SessionRig {
            $0.maxPushRate = 1
            $0.mailbox.runs = 3
        }
        let pairs = [try KernelPair(), try KernelPair()]
        for pair in pairs { _ = try await rig.open(on: pair) }
        _ = await rig.shard.deliver(FrameBatch(self.updates(1...5)), snapshot: nil, now: self.start)
        #expect(await rig.shard.reports().map(\.state) == ["open", "open"])
        _ = await rig.shard.deliver(FrameBatch(self.updates(6...6)), snapshot: nil, now: self.start)
        #expect(await rig.shard.reports().map(\.state) == ["closing", "closing"])
    }

    @Test func `what is held back goes on by itself once the socket takes bytes again`() async throws {
        let rig = SessionRig { $0.maxPushRate = 500 }
        let client = try await rig.open()
        try await client.setWritable(false)
        _ = await rig.shard.deliver(self.updates(1...1010), snapshot: nil)
        try await client.setWritable(true)
        var texts = try await client.received()
        #expect(texts == (1...1000).map { "r\($0) update \($0)" })
        try await eventually(within: .seconds(10), "the rest") {
            await rig.loops[0].advanceTime(by: .milliseconds(20))
            texts += try await client.received()
            return texts.count == 1010
        }
    }

    @Test func `what is held back of a snapshot's session goes on by itself`() async throws {
        let client = try await self.rig.open(awaitsSnapshot: true)
        await self.deliver(self.updates(1...4))
        #expect(await !self.rig.shard.isToResume)
        _ = await self.rig.shard.deliver([], snapshot: ActiveSnapshot(texts: "end"))
        await self.deliver(self.updates(5...8))
        #expect(try await client.received() == ["end", "r5 update 5", "r6 update 6"])
        #expect(await self.rig.shard.isToResume)
    }

    @Test func `a session that hangs is not asked again and again, and goes on with its next instance`() async throws {
        let client = try await self.rig.open()
        #expect(await self.rig.shard.afflict(client.id, with: SessionAilment.Course(.hanging)))
        await self.deliver(self.updates(1...4))
        #expect(await !self.rig.shard.isToResume)
        await self.rig.shard.ticked(now: .now + .seconds(11))
        #expect(try await client.received() == ["r1 update 1", "r2 update 2"])
        #expect(await self.rig.shard.isToResume)
    }
}
