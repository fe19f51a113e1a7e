import Testing

@testable import Brain

@Suite struct AuditorStandingFindingTests {
    /// The Auditor logs what it finds in two rounds running, and tells findings apart by their text.
    @Test func `an actor that lingers is the same finding in the next round`() {
        func findings(after age: Duration) -> [String] {
            AuditEvidence.sample(open: 0) {
                $0.shards = [.sample(lingering: [LingeringSession(id: SessionID(number: 7), age: age)])]
            }
            .findings
        }
        #expect(findings(after: .seconds(10)) == findings(after: .seconds(40)))
    }
}
