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
    private func start(clients: @escaping @Sendable () async -> [IPAddress]) async {
        let governor = RateGovernor(gate: Gate(rules: GateRules()), book: self.book, clients: clients)
        let (starts, start) = AsyncStream<Void>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await governor.run { start.finish() } }
            for await _ in starts {}
            group.cancelAll()
        }
    }

    @Test func `counts by the sessions that there are`() async throws {
        let leases = [try self.lease(), try self.lease()]
        let client = self.client
        await self.start { [client] }
        #expect(self.book.counts.sessions == 1)
        withExtendedLifetime(leases) {}
    }

    @Test func `counts again where a session ends while the sessions are gathered`() async throws {
        let leases = Mutex([try self.lease()])
        let client = self.client
        await self.start {
            let there = leases.withLock { $0.map { _ in client } }
            leases.withLock { $0 = [] }
            return there
        }
        #expect(self.book.counts.sessions == 0)
    }

    @Test func `leaves the counts alone where sessions come and go all the time`() async throws {
        let leases = Mutex([try self.lease(), try self.lease()])
        let (client, book) = (self.client, self.book)
        await self.start {
            leases.withLock { $0 = [] }
            let lease = try? book.admitSession(client: client, now: .now)
            leases.withLock { $0 = [lease].compactMap(\.self) }
            return [client, client]
        }
        #expect(self.book.counts.sessions == 1)
        leases.withLock { $0 = [] }
        #expect(self.book.counts.sessions == 0)
    }
}
