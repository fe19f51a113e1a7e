import Logging
import NIOEmbedded
import Testing

@testable import Brain

@Suite struct AuditorTests {
    private let book = AuditBook(interval: .seconds(30))

    private func auditor(of rig: SessionRig) -> Auditor {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let scene = AuditScene(directory: rig.directory, book: rig.book)
        return Auditor(scene: scene, interval: .seconds(30), book: self.book, logger: logger)
    }

    @Test func `finds a lease whose session is gone, and nothing once it is given back`() async throws {
        let rig = SessionRig()
        let auditor = self.auditor(of: rig)
        #expect(self.book.last == nil)
        let lease = try rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        #expect(
            await auditor.audit().findings.ofSessions.map(\.text) == ["sessions hold 0 leases, the governor counts 1"]
        )
        lease.end()
        #expect(await auditor.audit().findings.ofSessions == [])
        #expect(self.book.last?.findings.ofSessions == [])
    }

    @Test func `one that restarts goes on with what stood, and how the memory went`() async throws {
        let rig = SessionRig()
        let now = ContinuousClock.now
        let lease = try rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        _ = await self.auditor(of: rig).audit(now: now)
        #expect(rig.book.counts.sessions == 1 && self.book.last?.findings.ofSessions.count == 1)
        for round in 0..<MemoryTrend.quarter * 4 {
            self.book.note(MemoryTrend.Sample(resident: (100 + round) << 20, sessions: 0, runs: 0))
        }
        let report = await self.auditor(of: rig).audit(now: now + .seconds(30))
        #expect(report.findings.map(\.identity.kind).contains(.memory))
        #expect(rig.book.counts.sessions == 0 && self.book.totals.reaped == 1)
        withExtendedLifetime(lease) {}
    }

    @Test func `as JSON a report says when, whether all is well, and what isn't`() {
        let text = AuditReport(at: 0, findings: [AuditFinding(.leases, "a")]).json.text
        #expect(text == #"{"at":"1970-01-01T00:00:00.000Z","ok":false,"findings":["a"]}"#)
        #expect(AuditReport(at: 0, findings: []).json.text.contains(#""ok":true"#))
        #expect(AuditReport.none.text == #"{"at":null,"ok":null,"findings":[]}"#)
    }
}
