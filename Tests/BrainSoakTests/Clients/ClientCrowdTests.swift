import Brain
import BrainTestKit
import Synchronization
import Testing

@testable import BrainSoak

/// The crowd on real sockets, before a whole daemon.
@Suite(.timeLimit(.minutes(5)))
struct ClientCrowdTests {
    /// All that a crowd has told.
    final class Log: Sendable {
        private let told = Mutex([ClientEvent]())

        var events: [ClientEvent] { self.told.withLock { $0 } }

        func add(_ events: [ClientEvent]) { self.told.withLock { $0 += events } }

        func await(_ what: String, _ condition: ([ClientEvent]) -> Bool) async throws {
            try await eventually(what) { condition(self.events) }
        }
    }

    private static let step = RunStep(run: 1, number: 7, status: .running)
    private static let insert = "INSERT INTO runs (id, status, progress) VALUES ('soak-000001', 'running', 7)"

    private func withCrowd(
        _ kinds: [ClientKind],
        _ setup: DaemonSetup = DaemonSetup(),
        _ habits: @escaping @Sendable (inout ClientHabits) -> Void = { _ in },
        _ body: @escaping @Sendable (DaemonHarness, ClientCrowd, Log) async throws -> Void
    ) async throws {
        try await withDaemon(setup) { daemon in
            var plan = CrowdPlan(port: daemon.port, kinds: kinds, runs: 10, seed: 5)
            plan.clientsPerAddress = 4
            habits(&plan.habits)
            let log = Log()
            let crowd = ClientCrowd(plan) { events, _ in log.add(events) }
            try await body(daemon, crowd, log)
            await crowd.stop()
        }
    }

    @Test func `each client but the half-open ones hears what is committed`() async throws {
        let kinds: [ClientKind] = [.steady, .slow, .halfOpen, .steady, .steady, .slow, .steady, .steady, .halfOpen]
        try await self.withCrowd(kinds) { daemon, crowd, log in
            try await eventually("all have joined") { crowd.census.joined == kinds.count }
            try await daemon.sql(Self.insert)
            let heard = kinds.indices.filter { kinds[$0] != .halfOpen }.map { ClientEvent.heard(client: $0, Self.step) }
            try await log.await("all hear it") { events in heard.allSatisfy { events.contains($0) } }
            #expect(log.events.count == kinds.count + heard.count)
            #expect(crowd.census.byKind[.halfOpen] == CrowdCensus.Share(joined: 2, all: 2))
            #expect(crowd.census.bytesRead > 0)
        }
    }

    @Test func `those that are reset say so and come back`() async throws {
        try await self.withCrowd(Array(repeating: .steady, count: 6)) { _, crowd, log in
            try await eventually("all have joined") { crowd.census.joined == 6 }
            crowd.resetSome(4)
            try await log.await("four have joined again") { events in
                events.count { if case .joined = $0 { true } else { false } } == 10
            }
            let left = log.events.filter { if case .left(_, .ownWill) = $0 { true } else { false } }
            #expect(left.count == 4)
            #expect(Set(left.map { "\($0)" }).count == 4)
        }
    }

    @Test func `all leave, and don't come back`() async throws {
        let kinds: [ClientKind] = [.steady, .slow, .halfOpen, .churning]
        try await self.withCrowd(kinds) { daemon, crowd, log in
            try await log.await("all have joined once") { events in
                kinds.indices.allSatisfy { events.contains(.joined(client: $0)) }
            }
            crowd.leave()
            try await eventually("all are gone") { crowd.census.gone == kinds.count }
            #expect(crowd.census.joined == 0)
        }
    }

    @Test func `a daemon that stops closes its clients, and is missed`() async throws {
        try await self.withCrowd([.steady, .halfOpen]) { daemon, crowd, log in
            try await eventually("all have joined") { crowd.census.joined == 2 }
            await daemon.stop()
            try await log.await("both have left and find nobody") { events in
                events.contains(.left(client: 0, .closed(code: 1012))) && events.contains(.left(client: 1, .cut))
                    && events.contains(.refused(client: 0, status: 0))
            }
        }
    }

    @Test func `those for whom there is no room are refused, and try again`() async throws {
        let setup = DaemonSetup { $0.admission.maxConnections = 2 }
        try await self.withCrowd(Array(repeating: .steady, count: 3), setup) { _, _, log in
            try await log.await("one is refused, and again") { events in
                (0..<3).contains { client in events.count { $0 == .refused(client: client, status: 503) } > 1 }
            }
        }
    }

    @Test func `churning clients and impatient half-open ones come and go`() async throws {
        let kinds: [ClientKind] = [.churning, .churning, .halfOpen]
        try await self.withCrowd(kinds) {
            $0.churnStay = .zero ... .milliseconds(20)
            $0.churnPause = .zero ... .milliseconds(20)
            $0.returnPause = .zero ... .milliseconds(20)
            $0.halfOpenPatience = .milliseconds(20)
        } _: { _, _, log in
            try await log.await("each has left five times") { events in
                kinds.indices.allSatisfy { client in events.count { $0 == .left(client: client, .ownWill) } >= 5 }
            }
            let (first, own) = (ClientEvent.joined(client: 0), ClientEvent.left(client: 0, .ownWill))
            let others = log.events.filter { $0 == first || $0 == own }.enumerated()
            #expect(others.allSatisfy { $0.element == ($0.offset.isMultiple(of: 2) ? first : own) })
        }
    }

    @Test func `a crowd that was stopped tells nothing more`() async throws {
        try await self.withCrowd([.steady]) { daemon, crowd, log in
            try await eventually("it has joined") { crowd.census.joined == 1 }
            let witness = try await daemon.connect("/ws") { _ in }
            await crowd.stop()
            let rounds = crowd.census.rounds
            try await daemon.sql(Self.insert)
            _ = try await witness.nextText()
            #expect(crowd.census.rounds == rounds)
            #expect(log.events == [.joined(client: 0)])
        }
    }
}
