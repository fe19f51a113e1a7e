import Logging
import NIOCore
import NIOEmbedded
import Runs
import Testing

@testable import Brain
@testable import Supervision

/// Each kind of leak, planted: found at once, and put right once it stands.
@Suite struct AuditorReapTests {
    private let rig = SessionRig()
    private let auditor: Auditor
    private let start = ContinuousClock.now

    init() {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let scene = AuditScene(directory: self.rig.directory, book: self.rig.book)
        self.auditor = Auditor(scene: scene, interval: .seconds(30), logger: logger)
    }

    /// Expects one finding in each of two rounds, and none in a third.
    private func expectReaped(_ kind: AuditFinding.Kind, of subject: String = "") async {
        for round in 0...1 {
            let findings = await self.round(round)
            #expect(findings.map(\.identity) == [AuditFinding.Identity(kind: kind, subject: subject)])
            #expect(await self.auditor.totals.reaped == round)
        }
        #expect(await self.round(2) == [])
    }

    private func round(_ number: Int) async -> [AuditFinding] {
        let report = await self.auditor.audit(now: self.start + .seconds(30) * number)
        // The sockets of a test's event loop are none of the kernel's.
        return report.findings.filter { $0.identity.kind != .sockets }
    }

    @Test func `a lease without a session is given back`() async throws {
        _ = try await self.rig.open()
        let lease = try self.rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        await self.expectReaped(.leases)
        #expect(self.rig.book.counts.sessions == 1)
        #expect(self.rig.book.sessionCount(of: try address("127.0.0.1")) == 1)
        withExtendedLifetime(lease) {}
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
        #expect(self.rig.directory.recount(to: 5, from: 1))
        await self.expectReaped(.directory)
        #expect(self.rig.directory.count == 1)
    }

    @Test func `nothing is done at once, however often somebody asks`() async throws {
        let lease = try self.rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        for _ in 1...5 { _ = await self.auditor.audit(now: self.start) }
        #expect(self.rig.book.counts.sessions == 1)
        let totals = await self.auditor.totals
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

    fileprivate func record(_ id: SessionID) -> SessionRecord? {
        self.records[id]
    }

    /// Has a session on record that has ended.
    fileprivate func restore(_ record: SessionRecord) {
        self.records[record.channel.facts.id] = record
    }
}
