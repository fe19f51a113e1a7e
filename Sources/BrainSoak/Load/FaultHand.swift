import BrainTestKit

/// Brings a fault of the plan about.
struct FaultHand: Sendable {
    let database: SoakDatabase
    let daemon: SoakDaemon
    let api: DaemonAPI
    let crowd: ClientCrowd
    /// Is told whose sessions are about to fail.
    let oracle: SharedOracle

    /// The most sessions that are asked for, of which those that fail are drawn.
    private static let sessionPage = 1000

    /// Does it, and returns when it is done; what it leads to goes on.
    ///
    /// - Parameters:
    ///   - fault: what.
    ///   - random: which sessions.
    /// - Throws: where it can't be brought about.
    func perform(_ fault: SoakFault, using random: inout SeededGenerator) async throws {
        switch fault {
        case .terminateBackends: try await self.database.terminateDaemonBackends()
        case .restartPostgres(let end): try await self.database.restart(by: end.order)
        case .pauseDaemon(let length): try await self.daemon.pause(for: length)
        case .child(let child, let way): try await self.api.plant(way.rawValue, in: child)
        case .sessions(let way, let count): try await self.fail(count, by: way, using: &random)
        case .exhaustDescriptors(let length): try await self.daemon.exhaustDescriptors(for: length)
        case .resetClients(let count): self.crowd.resetSome(count)
        }
    }

    private func fail(_ count: Int, by way: FaultWay, using random: inout SeededGenerator) async throws {
        let list = try await self.api.json("/api/debug/sessions?limit=\(Self.sessionPage)")
        let sessions = (list["sessions"]?.elements ?? []).shuffled(using: &random).prefix(count)
        let clients = sessions.compactMap { $0["user_agent"]?.text.flatMap(ClientAgent.init)?.client }
        self.oracle.withLock { $0.latencies.strike(clients) }
        var taken = 0
        for id in sessions.compactMap({ $0["id"]?.text }) {
            // One that has left meanwhile has no more faults.
            taken += try await self.api.plant(way.rawValue, inSession: id) ? 1 : 0
        }
        guard taken > 0 else { throw SoakError.hitNothing("session") }
    }
}

extension PostgresEnd {
    fileprivate var order: ThrowawayPostgres.Order {
        switch self {
        case .stop: .stop
        case .crash: .crash
        case .kill: .kill
        }
    }
}
