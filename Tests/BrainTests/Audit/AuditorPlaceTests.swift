import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Brain

/// What is neither here nor there: sessions without a handler or a place, frames that nobody waits for.
@Suite struct AuditorPlaceTests {
    private let rig = SessionRig(connectRate: 0)

    @Test func `a session whose handler never comes is ended, and gives its place back`() async throws {
        let (client, other) = (try await self.rig.register(), try await self.rig.open())
        let since = max(client.session.facts.since, other.session.facts.since)
        #expect(await self.rig.shard.audit(now: client.session.facts.since + .seconds(5)).handlerless == [])
        #expect(await self.rig.shard.audit(now: since + .seconds(6)).handlerless == [client.id])
        #expect(await self.rig.shard.reapHandlerless(client.id))
        #expect(await !self.rig.shard.reapHandlerless(other.id))
        await self.rig.loops[0].run()
        #expect(!client.channel.isActive && other.channel.isActive)
        #expect(self.rig.book.counts.sessions == 1)
        #expect(await self.rig.shard.audit(now: since + .seconds(6)).handlerless == [])
    }

    @Test(arguments: [false, true])
    func `a session that nobody gives messages to is closed, so that it knows`(isCaughtUp: Bool) async throws {
        let rig = SessionRig()
        let pair = try KernelPair()
        let client = isCaughtUp ? try await rig.open(on: pair) : try await rig.open()
        await rig.shard.misplace(client.id)
        #expect(await rig.shard.audit().misplaced == [client.id])
        #expect(await rig.shard.reapMisplaced(client.id))
        #expect(client.session.closing?.code == 1012)
        #expect(await rig.shard.audit().misplaced == [])
    }

    @Test func `nothing more is given to one that isn't on record`() async throws {
        let client = try await self.rig.open()
        await self.rig.shard.forget(client.id)
        #expect(await self.rig.shard.audit().misplaced == [client.id])
        #expect(await self.rig.shard.reapMisplaced(client.id))
        #expect(await self.rig.shard.audit().misplaced == [])
        #expect(await !self.rig.shard.reapMisplaced(client.id))
    }

    @Test func `a frame that something keeps is found, once nothing is on its way`() async throws {
        let (account, client) = (QueueAccount(), try await self.rig.register())
        let frame = BroadcastFrame(1, account: account)
        let unacknowledged = Mutex(1)
        let scene = AuditScene(
            directory: self.rig.directory,
            book: self.rig.book,
            frames: {
                FrameFlow(bytes: account.total, unacknowledged: unacknowledged.withLock(\.self), lastNumber: 1)
            }
        )
        #expect(await scene.gather().keptBytes == nil)
        unacknowledged.withLock { $0 = 0 }
        _ = await self.rig.shard.deliver(FrameBatch([frame]), snapshot: nil, now: .now)
        #expect(await scene.gather().keptBytes == nil)
        try await client.install()
        #expect(await scene.gather().keptBytes == frame.bytes.readableBytes)
        withExtendedLifetime(frame) {}
    }
}

extension SessionShard {
    /// Has a session in no place.
    fileprivate func misplace(_ id: SessionID) {
        if let record = self.records[id] { self.caughtUp.leave(record) }
        self.behind[id] = nil
    }

    /// Has a session in its place, and not on record.
    fileprivate func forget(_ id: SessionID) {
        self.records[id] = nil
    }
}
