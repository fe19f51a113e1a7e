import Testing

@testable import Brain

extension AuditEvidence {
    /// What a house with as many sessions would say, all being well, but for what the test changes.
    static func sample(open: Int = 2, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var evidence = Self(
            shards: [.sample(open: open), .sample(open: 0)],
            directory: open,
            leases: open,
            sockets: open + 3
        )
        change(&evidence)
        return evidence
    }
}

extension ShardAudit {
    static func sample(
        open: Int = 0,
        dead: [SessionID] = [],
        miscounted: [SessionID] = [],
        lingering: [LingeringSession] = []
    ) -> Self {
        Self(open: open, dead: dead, miscounted: miscounted, lingering: lingering)
    }
}

@Suite struct AuditEvidenceTests {
    private let id = SessionID(number: 7)

    @Test func `finds nothing where all counts agree`() {
        #expect(AuditEvidence.sample().findings == [])
        #expect(AuditEvidence.sample(open: 0).findings == [])
    }

    @Test func `adds up the shards`() {
        let evidence = AuditEvidence.sample(open: 3) { $0.shards = [.sample(open: 1), .sample(open: 2)] }
        #expect(evidence.findings == [])
    }

    @Test func `finds a directory that counts otherwise`() {
        let evidence = AuditEvidence.sample { $0.directory = 3 }
        #expect(evidence.findings == ["shards hold 2 sessions, the directory 3"])
    }

    @Test func `finds a lease that was not given back`() {
        let evidence = AuditEvidence.sample { $0.leases = 3 }
        #expect(evidence.findings == ["shards hold 2 sessions, the governor 3 leases"])
    }

    @Test func `finds sessions without a socket in the process, where that can be known`() {
        #expect(AuditEvidence.sample { $0.sockets = 1 }.findings == ["2 sessions, but only 1 sockets in the process"])
        #expect(AuditEvidence.sample { $0.sockets = 2 }.findings == [])
        #expect(AuditEvidence.sample { $0.sockets = nil }.findings == [])
    }

    @Test func `names a session whose socket is gone, and one that counts wrongly`() {
        let evidence = AuditEvidence.sample {
            $0.shards = [.sample(open: 1, dead: [self.id]), .sample(open: 1, miscounted: [self.id])]
        }
        #expect(
            evidence.findings == [
                "session s-000007 has no socket any more",
                "session s-000007 counts its waiting bytes wrongly",
            ]
        )
    }

    @Test func `names an actor that outlives its session by more than the grace`() {
        func findings(after age: Duration) -> [String] {
            AuditEvidence.sample(open: 0) {
                $0.shards = [.sample(lingering: [LingeringSession(id: self.id, age: age)])]
            }
            .findings
        }
        #expect(findings(after: AuditEvidence.grace).isEmpty)
        let found = findings(after: .milliseconds(6500))
        #expect(found.count == 1)
        #expect(found.first?.contains("s-000007") == true)
    }
}
