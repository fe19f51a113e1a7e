import NIOCore
import NIOEmbedded
import Runs
import Testing

@testable import Brain

@Suite(.timeLimit(.minutes(5))) struct BroadcasterTests {
    @Test func `a change goes to every session of every shard, and is then owed to nobody`() async throws {
        let rig = BroadcastRig(loops: 2)
        let clients = [try await rig.sessions.open(on: 0), try await rig.sessions.open(on: 1)]
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "completed")
            rig.change("r2", "running", progress: 1)
            await broadcaster.broadcast()
        }
        for client in clients { #expect(try await client.gists() == ["run_complete r1", "run_update r2 1"]) }
        #expect(rig.ledger.withLedger { $0.counts.outbox } == 0)
        #expect(rig.account.total == 0)
    }

    @Test func `broadcasts when it is woken`() async throws {
        let rig = BroadcastRig()
        let client = try await rig.sessions.open()
        try await rig.broadcasting { broadcaster in
            for progress in 1...3 {
                rig.change("r1", "running", progress: progress)
                broadcaster.wake()
                let frame = try await client.channel.waitForOutboundWrite(as: ByteBuffer.self)
                #expect(frame.words.gist == "run_update r1 \(progress)")
            }
        }
    }

    @Test func `broadcasts what is there when it starts`() async throws {
        let rig = BroadcastRig()
        let client = try await rig.sessions.open()
        rig.change("r1", "running")
        try await rig.broadcasting { _ in
            let frame = try await client.channel.waitForOutboundWrite(as: ByteBuffer.self)
            #expect(frame.words.gist == "run_update r1")
        }
    }

    @Test func `an update that is held back comes by itself when its interval is over`() async throws {
        let rig = BroadcastRig(updateInterval: .milliseconds(20))
        let client = try await rig.sessions.open()
        rig.change("r1", "running", progress: 1)
        try await rig.broadcasting { broadcaster in
            await broadcaster.broadcast()
            rig.change("r1", "running", progress: 2)
            await broadcaster.broadcast()
            let frames = [
                try await client.channel.waitForOutboundWrite(as: ByteBuffer.self),
                try await client.channel.waitForOutboundWrite(as: ByteBuffer.self),
            ]
            #expect(frames.map(\.words.gist) == ["run_update r1 1", "run_update r1 2"])
        }
    }

    @Test func `a restart repeats nothing and loses nothing`() async throws {
        let rig = BroadcastRig()
        let client = try await rig.sessions.open()
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "running", progress: 1)
            await broadcaster.broadcast()
        }
        rig.change("r2", "failed")
        rig.change("r1", "running", progress: 2)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == ["run_update r1 1", "run_failed r2", "run_update r1 2"])
    }

    @Test func `what reached the shards and was not acknowledged is not sent again by the next Broadcaster`()
        async throws
    {
        let rig = BroadcastRig()
        let client = try await rig.sessions.open()
        try await rig.broadcasting { await $0.broadcast() }
        rig.change("r2", "completed")
        rig.change("r1", "running", progress: 1)
        let frames = rig.ledger.withLedger { ledger in
            ledger.makeFrames(now: .now, timestamp: 0)
            return ledger.frames(after: 0)
        }
        let delivered = frames.map { BroadcastFrame($0.number, run: $0.runID, isTerminal: $0.isTerminal) }
        _ = await rig.sessions.shard.deliver(delivered, snapshot: nil)
        rig.change("r1", "running", progress: 2)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == ["r2 end 1", "r1 update 2", "run_update r1 2"])
        #expect(rig.ledger.withLedger { $0.counts.outbox } == 0)
    }

    @Test func `frames are kept for a shard that has not acknowledged them`() async throws {
        let rig = BroadcastRig(loops: 2)
        let client = try await rig.sessions.open(on: 1)
        try await rig.broadcasting { await $0.broadcast() }
        rig.change("r1", "completed")
        rig.ledger.withLedger { ledger in
            ledger.makeFrames(now: .now, timestamp: 0)
            ledger.acknowledged(shard: 0, through: 1)
        }
        #expect(rig.ledger.withLedger { $0.counts.outbox } == 1)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == ["run_complete r1"])
    }

    @Test func `a session that connects later gets only what changes from then on`() async throws {
        let rig = BroadcastRig()
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "running", progress: 1)
            await broadcaster.broadcast()
            let client = try await rig.sessions.open()
            rig.change("r1", "running", progress: 2)
            await broadcaster.broadcast()
            #expect(try await client.gists() == ["run_update r1 2"])
        }
    }

    @Test func `all sessions share the bytes of a frame, and the account counts them once`() async throws {
        let rig = BroadcastRig(loops: 2)
        let clients = [try await rig.sessions.open(on: 0), try await rig.sessions.open(on: 1)]
        for client in clients { try await client.setWritable(false) }
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "running")
            await broadcaster.broadcast()
        }
        let queued = await rig.sessions.directory.reports().map(\.queuedBytes)
        #expect(queued.count == 2 && queued.first == queued.last)
        #expect(rig.account.total == queued.first)
        for client in clients { try await client.disconnect() }
        #expect(rig.account.total == 0)
    }
}
