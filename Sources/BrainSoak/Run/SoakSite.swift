import BrainTestKit

/// Where a soak takes place: what it started, and what it hears of it.
struct SoakSite: Sendable {
    let database: SoakDatabase
    let daemon: SoakDaemon
    let news: DaemonNews
    let restarts: RestartDesk
    let folder: ReportFolder

    var api: DaemonAPI { DaemonAPI(port: self.daemon.port) }

    /// Waits until the daemon's change feed is live.
    ///
    /// - Returns: how it captures.
    /// - Throws: where it isn't within a minute.
    func becomesReady() async throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            if await self.api.isReady(), let capture = await self.api.capture() { return capture }
            guard ContinuousClock.now < deadline else { throw SoakError.late("a live change feed") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// The daemon's descriptors by their kinds: the fewest of half a second, so that no request under way counts.
    ///
    /// - Returns: nil where the daemon is gone.
    func calmDescriptors() async -> [String: Int]? {
        var readings: [[String: Int]] = []
        for _ in 0..<10 {
            readings += [ProcessFacts.descriptorKinds(of: self.daemon.pid)].compactMap(\.self)
            try? await Task.sleep(for: .milliseconds(50))
        }
        return readings.min { $0.values.reduce(0, +) < $1.values.reduce(0, +) }
    }
}
