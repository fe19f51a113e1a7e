import Brain
import Testing

@Suite struct AdmissionBookTests {
    private let start = ContinuousClock.now

    private func book(_ change: (inout AdmissionLimits) -> Void = { _ in }) -> AdmissionBook {
        var limits = AdmissionLimits()
        change(&limits)
        return AdmissionBook(limits: limits)
    }

    @Test func `a lease gives its place back once, however often it is ended`() throws {
        let book = self.book()
        let client = try address("10.0.0.1")
        let kept = try book.admitSession(client: client, now: self.start)
        var ended: AdmissionLease? = try book.admitSession(client: client, now: self.start)
        #expect(book.sessionCount(of: client) == 2)
        ended?.end()
        ended?.end()
        ended = nil
        #expect(book.sessionCount(of: client) == 1)
        kept.end()
        #expect(book.counts.sessions == 0)
    }

    @Test func `a lease that is forgotten gives its place back`() throws {
        let book = self.book()
        let client = try address("10.0.0.1")
        var session: AdmissionLease? = try book.admitSession(client: client, now: self.start)
        var connection: ConnectionLease? = try book.openConnection(from: client)
        #expect(book.counts.sessions == 1 && session != nil)
        #expect(book.counts.connections == 1 && connection != nil)
        session = nil
        connection = nil
        #expect(book.counts.sessions == 0)
        #expect(book.counts.connections == 0)
    }

    @Test func `a refused request holds no place`() throws {
        let book = self.book {
            $0.sessionsPerAddress = 1
            $0.connectionsPerAddress = 1
        }
        let client = try address("10.0.0.1")
        let session = try book.admitSession(client: client, now: self.start)
        let connection = try book.openConnection(from: client)
        #expect(throws: Refusal.sessionsOfAddressExhausted(client, limit: 1)) {
            try book.admitSession(client: client, now: self.start)
        }
        #expect(throws: Refusal.connectionsOfAddressExhausted(client, limit: 1)) {
            try book.openConnection(from: client)
        }
        #expect(book.counts.sessions == 1)
        session.end()
        connection.end()
        #expect(book.counts.sessions == 0)
        #expect(book.counts.connections == 0)
    }

    @Test func `the gate's refusals are counted with the others`() throws {
        let book = self.book()
        book.refused(.originNotAllowed("null"))
        book.refused(.originRepeated)
        book.refused(.hostMissing)
        #expect(book.counts.rejected == [.origin: 2, .host: 1])
    }

    @Test func `the counts can be put right while leases are out`() throws {
        let book = self.book()
        let client = try address("10.0.0.1")
        let leases = try (0...1).map { _ in try book.admitSession(client: client, now: self.start) }
        let census = book.beginCensus()
        for _ in 1...2 { leases[0].found(inCensus: census) }
        leases[1].found(inCensus: census - 1)
        let later = try book.admitSession(client: client, now: self.start)
        #expect(book.result(ofCensus: census) == CensusResult(counted: 3, found: 2))
        #expect(book.adopt(census: census) && !book.adopt(census: census))
        #expect(book.sessionCount(of: client) == 2)
        leases[1].end()
        #expect(book.counts.sessions == 2)
        later.end()
        leases[0].end()
        #expect(book.counts.sessions == 0)
    }

    @Test func `a lease that ends while a census is under way isn't found, whoever has told of it`() throws {
        let book = self.book()
        let leases = try (0...2).map { _ in
            try book.admitSession(client: try address("10.0.0.1"), now: self.start)
        }
        let census = book.beginCensus()
        leases[0].found(inCensus: census)
        for lease in leases.dropLast() { lease.end() }
        leases[1].found(inCensus: census)
        #expect(book.result(ofCensus: census) == CensusResult(counted: 1, found: 0))
        leases[2].found(inCensus: census)
        #expect(book.result(ofCensus: census) == CensusResult(counted: 1, found: 1))
        #expect(!book.adopt(census: census))
    }
}

@Suite struct AdmissionBookPropertyTests {
    private let start = ContinuousClock.now

    /// SplitMix64, so that a failure comes back with its seed.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var value = self.state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private func smallBook() -> AdmissionBook {
        var limits = AdmissionLimits()
        limits.sessions = 12
        limits.sessionsPerAddress = 5
        limits.sessionRatePerAddress = 50
        limits.connections = 9
        limits.connectionsPerAddress = 2
        limits.rememberedRates = 3
        return AdmissionBook(limits: limits)
    }

    @Test(arguments: 1...20)
    func `counts are those of the leases that are held, and zero in the end`(seed: UInt64) throws {
        let book = self.smallBook()
        var generator = Generator(state: seed)
        var now = self.start
        var sessions: [AdmissionLease] = []
        var connections: [ConnectionLease] = []
        for _ in 0..<2000 {
            now += .milliseconds(Int.random(in: 0...20, using: &generator))
            let client = try address(number: Int.random(in: 0..<6, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1: if let lease = try? book.admitSession(client: client, now: now) { sessions.append(lease) }
            case 2: if let lease = try? book.openConnection(from: client) { connections.append(lease) }
            case 3: self.drop(one: &sessions, using: &generator) { $0.end() }
            case 4: self.drop(one: &connections, using: &generator) { $0.end() }
            default: book.prune(now: now)
            }
            let counts = book.counts
            #expect(counts.sessions == sessions.count && counts.sessions <= 12)
            #expect(counts.connections == connections.count && counts.connections <= 9)
            #expect(counts.addresses == Set(sessions.map(\.client)).count)
            #expect(counts.rememberedRates <= 3)
            #expect(book.sessionCount(of: client) == sessions.count { $0.client == client })
        }
        #expect(Set(book.counts.rejected.keys).isSuperset(of: [.sessionsOfAddress, .sessions, .connectionsOfAddress]))
        sessions = []
        connections = []
        #expect(book.counts.sessions == 0)
        #expect(book.counts.addresses == 0)
        #expect(book.counts.connections == 0)
    }

    /// Forgets one; every other time it was ended before.
    private func drop<Lease>(one leases: inout [Lease], using generator: inout Generator, end: (Lease) -> Void) {
        guard let index = leases.indices.randomElement(using: &generator) else { return }
        if Bool.random(using: &generator) { end(leases[index]) }
        leases.remove(at: index)
    }

    @Test func `counts come back to zero when many tasks end the same leases`() async throws {
        let book = self.smallBook()
        let (client, start) = (try address("10.0.0.1"), self.start)
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for turn in 0..<500 {
                        // Long enough apart for the rate never to refuse.
                        let now = start + .seconds(task * 500 + turn)
                        guard let lease = try? book.admitSession(client: client, now: now) else { continue }
                        async let first: Void = lease.end()
                        async let second: Void = lease.end()
                        _ = await (first, second)
                    }
                }
            }
        }
        #expect(book.counts.sessions == 0)
        #expect(book.counts.accepted > 0)
    }
}
