import Logging
import NIOEmbedded
import Testing

@testable import Brain

@Suite struct AuditorTests {
    private func auditor(of rig: SessionRig) -> Auditor {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let scene = AuditScene(directory: rig.directory, book: rig.book)
        return Auditor(scene: scene, interval: .seconds(30), logger: logger)
    }

    @Test func `finds a lease whose session is gone, and nothing once it is given back`() async throws {
        let rig = SessionRig()
        let auditor = self.auditor(of: rig)
        #expect(await auditor.last == nil)
        let lease = try rig.book.admitSession(client: try address("10.0.0.1"), now: .now)
        #expect(await auditor.audit().findings.map(\.text) == ["shards hold 0 sessions, the governor 1 leases"])
        lease.end()
        #expect(await auditor.audit().findings == [])
        #expect(await auditor.last?.findings == [])
    }

    @Test func `as JSON a report says when, whether all is well, and what isn't`() {
        let text = AuditReport(at: 0, findings: [AuditFinding(.leases, "a")]).json.text
        #expect(text == #"{"at":"1970-01-01T00:00:00.000Z","ok":false,"findings":["a"]}"#)
        #expect(AuditReport(at: 0, findings: []).json.text.contains(#""ok":true"#))
        #expect(AuditReport.none.text == #"{"at":null,"ok":null,"findings":[]}"#)
    }
}
