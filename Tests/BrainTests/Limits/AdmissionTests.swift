import Brain
import Testing

@Suite struct AdmissionTests {
    private let start = ContinuousClock.now

    private func admission(_ change: (inout AdmissionLimits) -> Void = { _ in }) -> Admission {
        var limits = AdmissionLimits()
        change(&limits)
        return Admission(limits: limits)
    }

    @Test func `the defaults are the contract's`() {
        let limits = AdmissionLimits()
        #expect(limits.sessions == 10_000)
        #expect(limits.sessionsPerAddress == 20)
        #expect(limits.sessionRatePerAddress == 20)
        #expect(limits.connections == 1024)
        #expect(limits.connectionsPerAddress == 64)
    }

    @Test func `one address has 64 connections at most, and others are not affected`() throws {
        var admission = self.admission()
        let peer = try address("10.0.0.1")
        for _ in 0..<64 { #expect(admission.connectionOpened(from: peer) == nil) }
        let refusal = Refusal.connectionsOfAddressExhausted(peer, limit: 64)
        #expect(admission.connectionOpened(from: peer) == refusal)
        #expect(admission.connectionOpened(from: try address("::ffff:10.0.0.1")) == refusal)
        #expect(admission.connectionOpened(from: try address("10.0.0.2")) == nil)
        admission.connectionClosed(from: peer)
        #expect(admission.connectionOpened(from: peer) == nil)
        #expect(admission.counts.connections == 65)
        #expect(admission.counts.rejected == [.connectionsOfAddress: 2])
    }

    @Test func `a trusted proxy may have as many connections as there may be`() throws {
        var admission = self.admission { $0.trustedProxies = ["10.0.0.1"].compactMap { CIDR($0) } }
        let proxy = try address("10.0.0.1")
        for _ in 0..<1024 { #expect(admission.connectionOpened(from: proxy) == nil) }
        #expect(admission.connectionOpened(from: proxy) == .connectionsExhausted(limit: 1024))
        #expect(admission.connectionOpened(from: try address("10.0.0.2")) == .connectionsExhausted(limit: 1024))
        for _ in 0..<1024 { admission.connectionClosed(from: proxy) }
        #expect(admission.counts.connections == 0)
    }

    @Test func `sessions and connections are counted apart`() throws {
        var admission = self.admission { $0.connections = 1 }
        let client = try address("10.0.0.1")
        for _ in 0..<5 {
            #expect(admission.connectionOpened(from: client) == nil)
            #expect(admission.sessionRequested(by: client, now: self.start) == nil)
            admission.connectionClosed(from: client)
        }
        #expect(admission.counts.connections == 0)
        #expect(admission.sessionCount(of: client) == 5)
    }

    @Test func `an address opens sessions at its rate`() throws {
        var admission = self.admission { $0.sessionsPerAddress = 1000 }
        let client = try address("10.0.0.1")
        for _ in 0..<40 { #expect(admission.sessionRequested(by: client, now: self.start) == nil) }
        let refusal = Refusal.rateExceeded(client, wait: .milliseconds(50))
        for _ in 0..<100 { #expect(admission.sessionRequested(by: client, now: self.start) == refusal) }
        #expect(admission.sessionRequested(by: try address("10.0.0.2"), now: self.start) == nil)
        #expect(admission.sessionRequested(by: client, now: self.start + .milliseconds(50)) == nil)
        #expect(admission.counts.accepted == 42)
        #expect(admission.counts.rejected == [.rate: 100])
    }

    @Test func `a rate of zero lifts the rate, and remembers nobody`() throws {
        var admission = self.admission {
            $0.sessionRatePerAddress = 0
            $0.sessionsPerAddress = 10_000
        }
        let client = try address("10.0.0.1")
        for _ in 0..<10_000 { #expect(admission.sessionRequested(by: client, now: self.start) == nil) }
        #expect(admission.counts.rememberedRates == 0)
    }

    @Test func `rate comes before the address's limit, and that before the total`() throws {
        var admission = self.admission {
            $0.sessionRatePerAddress = 1
            $0.sessionsPerAddress = 1
            $0.sessions = 1
        }
        let client = try address("10.0.0.1")
        #expect(admission.sessionRequested(by: client, now: self.start) == nil)
        let second = admission.sessionRequested(by: client, now: self.start)
        #expect(second == .sessionsOfAddressExhausted(client, limit: 1))
        let third = admission.sessionRequested(by: client, now: self.start)
        #expect(third == .rateExceeded(client, wait: .seconds(1)))
        let other = admission.sessionRequested(by: try address("10.0.0.2"), now: self.start)
        #expect(other == .sessionsExhausted(limit: 1))
        #expect(admission.counts.rejected == [.sessionsOfAddress: 1, .rate: 1, .sessions: 1])
    }

    @Test func `a session that ended makes room`() throws {
        var admission = self.admission { $0.sessions = 1 }
        let client = try address("10.0.0.1")
        #expect(admission.sessionRequested(by: client, now: self.start) == nil)
        admission.sessionEnded(by: client, foundIn: 0)
        #expect(admission.sessionRequested(by: try address("10.0.0.2"), now: self.start) == nil)
        #expect(admission.counts.addresses == 1)
    }

    @Test func `what was never counted can't be taken back`() throws {
        var admission = self.admission()
        let client = try address("10.0.0.1")
        admission.sessionEnded(by: client, foundIn: 0)
        admission.connectionClosed(from: client)
        #expect(admission.counts.sessions == 0)
        #expect(admission.counts.connections == 0)
    }

    @Test func `rates are remembered until they don't matter`() throws {
        var admission = self.admission()
        for number in 0..<100 {
            #expect(admission.sessionRequested(by: try address(number: number), now: self.start) == nil)
        }
        admission.prune(now: self.start)
        #expect(admission.counts.rememberedRates == 100)
        admission.prune(now: self.start + .milliseconds(50))
        #expect(admission.counts.rememberedRates == 0)
        #expect(admission.counts.sessions == 100)
    }

    @Test func `past the bound of remembered rates another is forgotten, and nobody refused`() throws {
        var admission = self.admission { $0.rememberedRates = 10 }
        for number in 0..<1000 {
            #expect(admission.sessionRequested(by: try address(number: number), now: self.start) == nil)
            #expect(admission.counts.rememberedRates <= 10)
        }
    }

    @Test func `a known address keeps its rate at the bound`() throws {
        var admission = self.admission {
            $0.rememberedRates = 1
            $0.sessionRatePerAddress = 1
        }
        let client = try address("10.0.0.1")
        #expect(admission.sessionRequested(by: client, now: self.start) == nil)
        #expect(admission.sessionRequested(by: client, now: self.start) == nil)
        #expect(admission.sessionRequested(by: client, now: self.start)?.reason == .rate)
    }

    @Test func `what a census found replaces the sessions, and nothing else`() throws {
        var admission = self.admission { $0.sessionsPerAddress = 2 }
        let (first, second) = (try address("10.0.0.1"), try address("10.0.0.2"))
        #expect(admission.connectionOpened(from: first) == nil)
        #expect(admission.sessionRequested(by: first, now: self.start) == nil)
        #expect(admission.sessionRequested(by: second, now: self.start) == nil)
        let census = admission.beginCensus()
        for _ in 1...2 { admission.found(second) }
        let isAdopted = admission.adopt(census: census)
        #expect(isAdopted)
        #expect(admission.counts.sessions == 2)
        #expect(admission.counts.addresses == 1)
        #expect(admission.counts.connections == 1)
        #expect(admission.counts.accepted == 2)
        #expect(admission.sessionCount(of: first) == 0)
        #expect(admission.sessionRequested(by: second, now: self.start)?.reason == .sessionsOfAddress)
    }
}
