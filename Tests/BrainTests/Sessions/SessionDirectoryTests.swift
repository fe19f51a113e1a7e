import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import Brain

@Suite struct SessionDirectoryTests {
    @Test func `numbers sessions in the order of admission, over all shards`() async throws {
        let rig = SessionRig(loops: 2)
        let clients = [try await rig.open(on: 1), try await rig.open(on: 0), try await rig.open(on: 1)]
        #expect(clients.map(\.id.number) == [1, 2, 3])
        #expect(await rig.directory.shards[0].count == 1)
        #expect(await rig.directory.shards[1].count == 2)
        #expect(await rig.directory.reports().map(\.facts.id.number).sorted() == [1, 2, 3])
    }

    @Test func `has a shard for each event loop of its group, and none for another's`() {
        let rig = SessionRig(loops: 2)
        #expect(rig.directory.shards.map(\.index) == [0, 1])
        #expect(rig.directory.shard(of: rig.loops[1]) === rig.directory.shards[1])
        #expect(rig.directory.shard(of: NIOAsyncTestingEventLoop()) == nil)
    }

    @Test func `a socket of another group is no session, and gives its place back`() async throws {
        let rig = SessionRig()
        let channel = NIOAsyncTestingChannel()
        let directory = rig.directory
        let client = try address("127.0.0.1")
        let book = rig.book
        let isRegistered = try await channel.testingEventLoop.executeInContext {
            let lease = try book.admitSession(client: client, now: .now)
            let admission = SessionAdmission(peer: "", client: client, origin: nil, userAgent: nil, lease: lease)
            return directory.register(channel, admission: admission, awaitsSnapshot: false) != nil
        }
        #expect(!isRegistered)
        #expect(directory.count == 0)
        #expect(book.counts.sessions == 0)
    }

    @Test func `a session counts, and holds its place, until its socket ends`() async throws {
        let rig = SessionRig()
        let client = try await rig.open()
        #expect(rig.directory.count == 1)
        #expect(rig.book.counts.sessions == 1)
        try await client.disconnect()
        #expect(rig.directory.count == 0)
        #expect(rig.book.counts.sessions == 0)
        #expect(await rig.directory.report(of: client.id) == nil)
    }

    @Test func `a session that never got its handler ends with its socket all the same`() async throws {
        let rig = SessionRig()
        try await rig.register().disconnect()
        #expect(rig.directory.count == 0)
        #expect(rig.book.counts.sessions == 0)
        #expect(await rig.shard.audit().open == 0)
    }

    @Test func `totals add up all shards, and keep what has ended`() async throws {
        let rig = SessionRig(loops: 2)
        let (first, second) = (try await rig.open(on: 0), try await rig.open(on: 1))
        let frame = BroadcastFrame(1)
        for shard in rig.directory.shards { _ = await shard.deliver([frame], snapshot: nil) }
        try await second.send(.text, Array("hello".utf8))
        try await second.disconnect()
        let totals = await rig.directory.totals()
        #expect(totals.accepted == 2)
        #expect(totals.closed == 1)
        #expect(totals.counters.messagesSent == 2)
        #expect(totals.counters.bytesSent == 2 * frame.bytes.readableBytes)
        #expect(totals.counters.messagesReceived == 1)
        #expect(try await first.received() == ["r1 update 1"])
    }

    @Test func `finds a session on any shard, to show it or to close it`() async throws {
        let rig = SessionRig(loops: 2)
        let client = try await rig.open(on: 1)
        #expect(await rig.directory.report(of: client.id)?.state == "open")
        #expect(await rig.directory.close(client.id))
        #expect(try await client.received() == ["close 1000"])
    }

    @Test func `an audit has nothing to say of a session that is well`() async throws {
        let rig = SessionRig()
        _ = try await rig.open()
        let audit = await rig.shard.audit()
        #expect(audit.open == 1)
        #expect(audit.dead == [])
        #expect(audit.miscounted == [])
    }
}
