import Postgres

/// The captures for which another one makes room as soon as one of them can be had.
struct BetterCaptures: Sendable {
    /// None is better.
    static let none = BetterCaptures([], prospects: [:])

    private let names: [CaptureName]
    private let prospects: [CaptureName: CaptureProspect]

    init(_ names: [CaptureName], prospects: [CaptureName: CaptureProspect]) {
        self.names = names
        self.prospects = prospects
    }

    /// Whether one of them could begin now, as far as a look at the catalog tells.
    func isThere(for table: RunsTable, on connection: Connection) async throws(FeedError) -> Bool {
        for name in self.names where try await self.isThere(name, for: table, on: connection) {
            return true
        }
        return false
    }

    private func isThere(
        _ name: CaptureName,
        for table: RunsTable,
        on connection: Connection
    ) async throws(FeedError) -> Bool {
        guard self.prospects[name]?.isWorthATry(at: .now) ?? true else {
            return false
        }
        switch name {
        case .wal: return try await WalReadiness.read(of: table, on: connection).obstacle == nil
        case .notify: return try await TriggerState.found(for: table, on: connection) == .current
        case .poll: return true
        }
    }
}
