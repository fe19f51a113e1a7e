import Synchronization
import Testing

@testable import Brain

/// How a governor counts sessions that another one has counted before.
@Suite struct RateGovernorTests {
    private let book = AdmissionBook(limits: AdmissionLimits())
    private let client: IPAddress

    init() throws {
        self.client = try address("10.0.0.1")
    }

    private func lease() throws -> AdmissionLease {
        try self.book.admitSession(client: self.client, now: .now)
    }

    /// Runs a governor until it has started.
    private func start(findSessions: @escaping @Sendable (Int) async -> Void) async {
        let governor = RateGovernor(gate: Gate(rules: GateRules()), book: self.book, findSessions: findSessions)
        let (starts, start) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await governor.run { start.finish() } }
            for await _ in starts {}
            group.cancelAll()
        }
    }

    @Test func `counts by the sessions that there are`() async throws {
        let leases = [try self.lease(), try self.lease()]
        await self.start { leases[0].found(inCensus: $0) }
        #expect(self.book.counts.sessions == 1)
        leases[1].end()
        #expect(self.book.counts.sessions == 1)
        leases[0].end()
        #expect(self.book.counts.sessions == 0)
    }

    @Test func `counts right where sessions come and go while they are found`() async throws {
        let leases = Mutex([try self.lease(), try self.lease()])
        let (client, book) = (self.client, self.book)
        let lost = try self.lease()
        await self.start { census in
            for lease in leases.withLock({ $0 }) { lease.found(inCensus: census) }
            let lease = try? book.admitSession(client: client, now: .now)
            leases.withLock { $0 = [$0.last, lease].compactMap(\.self) }
        }
        #expect(self.book.counts.sessions == 2)
        leases.withLock { $0 = [] }
        lost.end()
        #expect(self.book.counts.sessions == 0)
    }

    @Test func `leaves the counts alone where another census has begun`() async throws {
        let (lease, book) = (try self.lease(), self.book)
        await self.start { _ in _ = book.beginCensus() }
        #expect(self.book.counts.sessions == 1)
        lease.end()
    }
}
