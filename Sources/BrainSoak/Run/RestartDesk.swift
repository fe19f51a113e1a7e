import Synchronization

/// The clock of restarts, as the log's thread and others share it.
final class RestartDesk: Sendable {
    private let clock = Mutex(RestartClock())

    /// Restarts of children and sessions so far.
    var total: Int { self.clock.withLock { $0.total } }

    /// What is known so far.
    var summary: RestartSummary { self.clock.withLock { $0.summary } }

    /// Takes a line of the daemon's log.
    func hear(_ line: Substring) {
        self.clock.withLock { $0.hear(String(line)) }
    }
}
