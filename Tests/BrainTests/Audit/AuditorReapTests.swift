import Logging
import NIOCore
import NIOEmbedded
import Runs
import Testing

@testable import Brain
@testable import Supervision

/// Each kind of leak, planted: found at once, and put right once it stands.
@Suite struct AuditorReapTests {
    private let rig = SessionRig(connectRate: 0)
    private let book = AuditBook(interval: .seconds(30))
    private let auditor: Auditor
    private let start = ContinuousClock.now

    init() {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let scene = AuditScene(directory: self.rig.directory, book: self.rig.book)
        self.auditor = Auditor(scene: scene, interval: .seconds(30), book: self.book, logger: logger)
    }

    /// Expects one finding in each of two rounds, and none in a third.
    private func expectReaped(_ kind: AuditFinding.Kind, of subject: String = "") async {
        for round in 0...1 {
            let findings = await self.round(round)
            #expect(findings.map(\.identity) == [AuditFinding.Identity(kind: kind, subject: subject)])
            #expect(self.book.totals.reaped == round)
        }
        #expect(await self.round(2) == [])
    }

    private func round(_ number: Int) async -> [AuditFinding] {
        await self.auditor.audit(now: self.start + .seconds(30) * number).findings.ofSessions
    }

    @Test func `a lease without a session is given back`() async throws {
        _ = try await self.rig.open()
        let lease = try self.rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        await self.expectReaped(.leases)
        #expect(self.rig.book.counts.sessions == 1)
        #expect(self.rig.book.sessionCount(of: try address("127.0.0.1")) == 1)
        withExtendedLifetime(lease) {}
    }

    @Test func `a lease without a session is found and given back while others come and go`() async throws {
        let rig = self.rig
        let lease = try rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        let scene = AuditScene(directory: rig.directory, book: rig.book) {
            let (stays, goes) = (try? await rig.open(), try? await rig.open())
            try? await goes?.disconnect()
            #expect(stays != nil && goes != nil)
            return nil
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let auditor = Auditor(scene: scene, interval: .seconds(30), book: self.book, logger: logger)
        for round in 0...2 {
            let found = await auditor.audit(now: self.start + .seconds(30) * round).findings.map(\.identity.kind)
            let counts = found.filter { $0 == .directory || $0 == .leases }
            #expect(counts == (round < 2 ? [.leases] : []))
        }
        #expect(self.book.totals.reaped == 1)
        #expect(rig.book.sessionCount(of: try address("10.0.0.1")) == 0)
        lease.end()
        #expect(rig.book.counts.sessions == 3 && rig.directory.count == 3)
    }

    @Test func `who comes or goes while a census is under way is neither left over nor missed`() async throws {
        let rig = SessionRig(loops: 2)
        let clients = [try await rig.open(on: 0), try await rig.open(on: 0), try await rig.open(on: 1)]
        let census = rig.book.beginCensus()
        _ = try await rig.open(on: 0)
        try await clients[0].disconnect()
        var shards = [await rig.directory.shards[0].audit(census: census)]
        try await clients[1].disconnect()
        try await clients[2].disconnect()
        _ = try await rig.open(on: 0)
        shards.append(await rig.directory.shards[1].audit(census: census))
        let result = rig.book.result(ofCensus: census)
        #expect(result == CensusResult(counted: 2, found: 2))
        #expect(AuditEvidence(shards: shards, leases: result).findings == [])
    }

    @Test func `a census of somebody else's leaves it open how many leases there are`() async throws {
        let lease = try self.rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        let (book, shard) = (self.rig.book, self.rig.shard)
        let first = book.beginCensus()
        _ = await shard.audit(census: first)
        let second = book.beginCensus()
        #expect(book.result(ofCensus: first) == nil && !book.adopt(census: first))
        #expect(book.result(ofCensus: second) == CensusResult(counted: 1, found: 0))
        lease.end()
    }

    @Test func `a session whose socket is gone is ended`() async throws {
        let client = try await self.rig.open()
        let record = try #require(await self.rig.shard.record(client.id))
        try await client.disconnect()
        await self.rig.shard.restore(record)
        for _ in 0...1 {
            let findings = await self.round(0).map(\.identity.kind)
            #expect(Set(findings) == [.directory, .leases, .deadSession])
        }
        _ = await self.round(1)
        #expect(await self.rig.shard.audit().open == 0)
        #expect(await self.round(2) == [])
    }

    @Test func `a socket that is nobody's is closed, and gives its place back`() async throws {
        let client = try await self.rig.open()
        await self.rig.shard.lose(client.id)
        let stray = AuditFinding.Identity(kind: .strayChannel, subject: "\(client.id)")
        #expect(await self.round(0).map(\.identity).contains(stray))
        #expect(client.channel.isActive)
        _ = await self.round(1)
        await self.rig.loops[0].run()
        #expect(!client.channel.isActive)
        #expect(self.rig.book.counts.sessions == 0)
        #expect(await self.round(2) == [])
    }

    @Test func `a directory that has miscounted counts right again`() async throws {
        _ = try await self.rig.open()
        self.rig.shard.presence.recount(sockets: 5)
        await self.expectReaped(.directory)
        #expect(self.rig.directory.count == 1)
    }

    @Test func `a session whose waiting bytes don't add up is counted anew, restarted, and loses nothing`() async throws
    {
        let client = try await self.rig.open()
        try await client.setWritable(false)
        let frame = BroadcastFrame(1)
        _ = await self.rig.shard.deliver(FrameBatch([frame]), snapshot: nil, now: .now)
        await self.rig.shard.miscount(client.id, as: 1 << 20)
        await self.expectReaped(.miscounted, of: "\(client.id)")
        let report = try #require(await self.rig.shard.report(of: client.id))
        #expect(report.queuedBytes == frame.bytes.readableBytes && report.restarts == 1)
        try await client.setWritable(true)
        #expect(try await client.received() == ["r1 update 1"])
    }

    @Test func `what waits for all that are caught up is counted anew, and none of them restarted`() async throws {
        let rig = SessionRig { $0.maxPushRate = 1 }
        let pair = try KernelPair()
        let client = try await rig.open(on: pair)
        let frames = (1...3).map { BroadcastFrame($0, run: "r\($0)") }
        _ = await rig.shard.deliver(FrameBatch(frames), snapshot: nil, now: self.start)
        await rig.shard.miscount(client.id, as: 1 << 20)
        #expect(await rig.shard.audit().miscounted == [client.id])
        #expect(await rig.shard.reapMiscounted(client.id))
        #expect(await rig.shard.audit().miscounted == [])
        let report = try #require(await rig.shard.report(of: client.id))
        #expect(report.queuedBytes == frames[2].bytes.readableBytes && report.restarts == 0)
    }

    @Test func `a wrong count of what waits for all that are caught up has the oldest's name, whoever comes`()
        async throws
    {
        let rig = SessionRig(connectRate: 0) { $0.maxPushRate = 1 }
        let pairs = try (0..<12).map { _ in try KernelPair() }
        var clients: [TestClient] = []
        for pair in pairs { clients.append(try await rig.open(on: pair)) }
        let frames = (1...3).map { BroadcastFrame($0, run: "r\($0)") }
        _ = await rig.shard.deliver(FrameBatch(frames), snapshot: nil, now: self.start)
        await rig.shard.miscount(clients[0].id, as: 1 << 20)
        for client in clients.dropFirst() {
            #expect(await rig.shard.audit().miscounted == [clients[0].id])
            try await client.disconnect()
        }
    }

    @Test func `the actor of an ended session is named while something holds it`() async throws {
        let client = try await self.rig.open()
        var held = await self.rig.shard.actor(of: client.id)
        try await client.disconnect()
        #expect(await self.rig.shard.audit().lingering.map(\.id) == [client.id])
        withExtendedLifetime(held) {}
        held = nil
        #expect(await self.rig.shard.audit().lingering == [])
    }

    @Test func `nothing is done at once, however often somebody asks`() async throws {
        let lease = try self.rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        for _ in 1...5 { _ = await self.auditor.audit(now: self.start) }
        #expect(self.rig.book.counts.sessions == 1)
        let totals = self.book.totals
        #expect(totals.rounds == 5 && totals.standing == 0 && totals.reaped == 0)
        lease.end()
    }

    @Test func `a child that isn't running is named by what the supervisor knows`() async {
        func child(_ id: String, _ state: ChildState) -> ChildSnapshot {
            ChildSnapshot(id: id, state: state, strategy: nil, restarts: 0, lastFailure: nil, members: .children([]))
        }
        let children = [child("a", .running), child("b", .starting), child("c", .restarting), child("d", .failed)]
        let tree = ChildSnapshot(
            id: "brain",
            state: .running,
            strategy: .oneForOne,
            restarts: 0,
            lastFailure: nil,
            members: .children(children)
        )
        let scene = AuditScene(directory: self.rig.directory, book: self.rig.book, tree: { tree })
        #expect(await scene.gather().ailing == ["c": .restarting, "d": .failed])
    }
}

extension SessionShard {
    /// Loses a session's record while its socket is there.
    fileprivate func lose(_ id: SessionID) {
        guard let record = self.records.removeValue(forKey: id) else { return }
        self.caughtUp.leave(record)
        self.behind[id] = nil
    }

    fileprivate func actor(of id: SessionID) -> ClientSession? {
        self.records[id]?.session
    }

    /// Has a wrong count of what waits for a session.
    fileprivate func miscount(_ id: SessionID, as bytes: Int) {
        guard let record = self.records[id] else { return }
        if record.place == nil { record.channel.recount(to: bytes) } else { self.caughtUp.recount(to: bytes) }
    }

    fileprivate func record(_ id: SessionID) -> SessionRecord? {
        self.records[id]
    }

    /// Has a session on record that has ended.
    fileprivate func restore(_ record: SessionRecord) {
        self.records[record.channel.facts.id] = record
        self.behind[record.channel.facts.id] = record
    }
}
