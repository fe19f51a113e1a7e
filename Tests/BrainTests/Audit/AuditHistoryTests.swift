import Testing

@testable import Brain

@Suite struct AuditHistoryTests {
    private let start = ContinuousClock.now
    private let lease = AuditFinding(.leases, "2 sessions, 3 leases")

    private func dead(_ number: UInt64) -> AuditFinding {
        AuditFinding(.deadSession, of: "\(SessionID(number: number))", "dead")
    }

    @Test func `nothing stands at its first sight`() {
        var history = AuditHistory(interval: .seconds(30))
        #expect(history.note([self.lease, self.dead(1)], now: self.start + .seconds(600)) == [])
    }

    @Test func `what is there in the next round, too, stands, and in each further one`() {
        var history = AuditHistory(interval: .seconds(30))
        for round in 0..<3 {
            let standing = history.note([self.lease], now: self.start + .seconds(30) * round)
            #expect(standing == (round == 0 ? [] : [self.lease]))
        }
    }

    @Test func `a finding is the same though a number in its words changes`() {
        var history = AuditHistory(interval: .seconds(30))
        _ = history.note([self.lease], now: self.start)
        let changed = AuditFinding(.leases, "7 sessions, 9 leases")
        #expect(history.note([changed], now: self.start + .seconds(30)) == [changed])
    }

    @Test func `another session's finding is another finding`() {
        var history = AuditHistory(interval: .seconds(30))
        _ = history.note([self.dead(1)], now: self.start)
        #expect(history.note([self.dead(2)], now: self.start + .seconds(30)) == [])
    }

    @Test func `what was gone in between is new again`() {
        var history = AuditHistory(interval: .seconds(30))
        for findings in [[self.lease], [], [self.lease]] {
            #expect(history.note(findings, now: self.start + .seconds(60)) == [])
        }
    }

    @Test func `a round that could compare no counts forgets no finding about them`() {
        var history = AuditHistory(interval: .seconds(30))
        _ = history.note([self.lease, self.dead(1)], now: self.start)
        #expect(history.note([], unjudged: [.leases], now: self.start + .seconds(30)) == [])
        let found = [self.lease, self.dead(1)]
        #expect(history.note(found, now: self.start + .seconds(60)) == [self.lease])
    }

    @Test func `rounds in quick succession make nothing stand before it has settled`() {
        var history = AuditHistory(interval: .seconds(30))
        for round in 0..<50 { #expect(history.note([self.lease], now: self.start + .milliseconds(100) * round) == []) }
        #expect(history.note([self.lease], now: self.start + .seconds(5)) == [self.lease])
    }

    @Test func `at a shorter interval two rounds are enough`() {
        var history = AuditHistory(interval: .seconds(1))
        _ = history.note([self.lease], now: self.start)
        #expect(history.note([self.lease], now: self.start + .seconds(1)) == [self.lease])
    }
}
