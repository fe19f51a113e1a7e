import Synchronization

/// What the log tells of restarts and troubles, as the log's thread and others share it.
final class RestartDesk: Sendable {
    private struct State {
        var clock = RestartClock()
        var troubles: LogTroubles
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now

    /// - Parameter troubles: that have heard nothing yet.
    init(_ troubles: LogTroubles = LogTroubles()) {
        self.state = Mutex(State(troubles: troubles))
    }

    /// Restarts of children and sessions so far.
    var total: Int { self.state.withLock { $0.clock.total } }

    /// Restarts, as far as is known.
    var summary: RestartSummary { self.state.withLock { $0.clock.summary } }

    /// When states may have gone by unseen, as far as is known.
    var gaps: StreamGaps { self.state.withLock { $0.clock.gaps } }

    /// Troubles, as far as is known.
    var troubles: LogTroubles { self.state.withLock { $0.troubles } }

    /// Takes a line of the daemon's log.
    func hear(_ line: Substring) {
        let second = Int((ContinuousClock.now - self.start) / .seconds(1))
        self.state.withLock { state in
            state.clock.hear(String(line))
            state.troubles.hear(line, at: second)
        }
    }
}
