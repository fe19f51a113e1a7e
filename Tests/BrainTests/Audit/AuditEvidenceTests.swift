import Supervision
import Testing

@testable import Brain

extension AuditEvidence {
    /// What a house with as many sessions would say, all being well, but for what the test changes.
    static func sample(open: Int = 2, _ change: (inout Self) -> Void = { _ in }) -> Self {
        var evidence = Self(
            shards: [.sample(open: open), .sample(open: 0)],
            leases: CensusResult(counted: open, found: open),
            descriptors: Descriptors.Count(all: open + 20, sockets: open + 3)
        )
        evidence.keptBytes = 0
        change(&evidence)
        return evidence
    }
}

extension ShardAudit {
    static func sample(
        open: Int = 0,
        counted: Int? = nil,
        leased: Int? = nil,
        dead: [SessionID] = [],
        strays: [SessionID] = [],
        handlerless: [SessionID] = [],
        misplaced: [SessionID] = [],
        miscounted: [SessionID] = [],
        lingering: [LingeringSession] = []
    ) -> Self {
        Self(
            open: open,
            counted: counted ?? open,
            leased: leased ?? open,
            gone: 0,
            dead: dead,
            strays: strays,
            handlerless: handlerless,
            misplaced: misplaced,
            isIdle: true,
            miscounted: miscounted,
            lingering: lingering
        )
    }
}

extension [AuditFinding] {
    /// Without those of the whole process, in which other tests run, and of actors, which a test may hold for as long as it
    /// takes.
    var ofSessions: Self {
        self.filter { ![.sockets, .descriptors, .lingering].contains($0.identity.kind) }
    }
}

extension AuditEvidence {
    fileprivate var texts: [String] { self.findings.map(\.text) }
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
        let evidence = AuditEvidence.sample { $0.shards = [.sample(open: 2, counted: 3)] }
        #expect(evidence.texts == ["shards hold 2 sessions, the directory 3"])
    }

    @Test func `finds a lease that was not given back`() {
        let evidence = AuditEvidence.sample { $0.leases = CensusResult(counted: 3, found: 2) }
        #expect(evidence.texts == ["sessions hold 2 leases, the governor counts 3"])
    }

    @Test func `finds a session without a lease`() {
        let evidence = AuditEvidence.sample {
            $0.shards = [.sample(open: 2, leased: 1)]
            $0.leases = CensusResult(counted: 1, found: 1)
        }
        #expect(evidence.texts == ["sessions hold 1 leases, the governor counts 1, and 1 sessions have none"])
    }

    @Test func `says what it can tell nothing about`() {
        #expect(AuditEvidence.sample().unjudged == [])
        let evidence = AuditEvidence.sample {
            $0.leases = nil
            $0.descriptors = nil
            $0.keptBytes = nil
        }
        #expect(evidence.findings == [])
        #expect(evidence.unjudged == [.leases, .sockets, .descriptors])
    }

    @Test func `finds sessions without a socket in the process, where that can be known`() {
        let few = AuditEvidence.sample { $0.descriptors?.sockets = 1 }
        #expect(few.texts == ["2 sessions, but only 1 sockets in the process"])
        #expect(AuditEvidence.sample { $0.descriptors?.sockets = 2 }.findings == [])
        let gone = AuditEvidence.sample {
            $0.descriptors?.sockets = 1
            $0.gone = 1
        }
        #expect(gone.findings == [])
        #expect(AuditEvidence.sample { $0.descriptors = nil }.findings == [])
    }

    @Test func `finds more descriptors than sessions, connections and the house account for`() {
        func evidence(_ all: Int, accounted: Int = 0) -> AuditEvidence {
            .sample {
                $0.descriptors?.all = all
                $0.accounted = accounted
            }
        }
        #expect(evidence(1154).findings == [])
        #expect(evidence(1155).texts == ["1155 descriptors for 2 sessions"])
        #expect(evidence(1155, accounted: 3).findings == [])
    }

    @Test func `sets aside no more than a quarter of the descriptors that there may be`() {
        #expect(AuditEvidence.otherDescriptors(limit: 1024) == 256)
        #expect(AuditEvidence.otherDescriptors(limit: 65_536) == 1152)
        let evidence = AuditEvidence.sample {
            $0.otherDescriptors = 256
            $0.descriptors?.all = 259
        }
        #expect(evidence.texts == ["259 descriptors for 2 sessions"])
    }

    @Test func `finds frames that wait for nobody`() {
        #expect(AuditEvidence.sample { $0.keptBytes = 7 }.texts == ["7 bytes of frames are held, and wait for nobody"])
    }

    @Test func `finds memory that grows, and children that don't run`() {
        let evidence = AuditEvidence.sample {
            $0.growth = 40 << 20
            $0.ailing = ["broadcaster": .restarting, "auditor": .failed]
        }
        #expect(
            evidence.texts == [
                "child auditor is failed", "child broadcaster is restarting",
                "40 MiB more memory, without more sessions or runs",
            ]
        )
        #expect(evidence.findings.map(\.identity.subject) == ["auditor", "broadcaster", ""])
    }

    @Test func `names a session whose socket is gone, and one that counts wrongly`() {
        let evidence = AuditEvidence.sample {
            $0.shards = [
                .sample(open: 1, dead: [self.id], strays: [self.id], handlerless: [self.id]),
                .sample(open: 1, misplaced: [self.id], miscounted: [self.id]),
            ]
        }
        #expect(
            evidence.texts == [
                "session s-000007 has no socket any more",
                "the socket of s-000007 has no session any more",
                "session s-000007 has no handler at its socket",
                "session s-000007 is in no place, or in a wrong one",
                "session s-000007 counts its waiting bytes wrongly",
            ]
        )
    }

    @Test func `names an actor that outlives its session by more than the grace`() {
        func findings(after age: Duration) -> [AuditFinding] {
            AuditEvidence.sample(open: 0) {
                $0.shards = [.sample(lingering: [LingeringSession(id: self.id, age: age)])]
            }
            .findings
        }
        #expect(findings(after: AuditEvidence.grace).isEmpty)
        let found = findings(after: .milliseconds(6500))
        #expect(found.count == 1)
        #expect(found.first?.text == "session s-000007 ended 6 s ago, and its actor is still alive")
        #expect(found.first?.identity == findings(after: .seconds(40)).first?.identity)
    }
}
