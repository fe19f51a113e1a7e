import Brain
import Supervision

/// Has one session after the other throw, all of them in turn.
struct FailingSessions: Child {
    let directory: SessionDirectory
    /// Sessions that fail each second.
    let rate: Int

    func run(started: @escaping @Sendable () -> Void) async throws {
        started()
        var number: UInt64 = 0
        while true {
            try await Task.sleep(for: .seconds(1) / self.rate)
            number = number < UInt64(self.directory.count) ? number + 1 : 1
            await self.fail(SessionID(number: number))
        }
    }

    private func fail(_ id: SessionID) async {
        for shard in self.directory.shards where await shard.plant(.planted, in: id) { return }
    }
}
