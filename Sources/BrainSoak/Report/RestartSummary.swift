/// What was restarted in a run, and how long that took.
struct RestartSummary: Encodable, Sendable, Equatable {
    /// Those that failed or went silent, by name.
    var children: [String: ChildRestarts] = [:]
    /// How often each was ordered to throw or to hang.
    var ordered: [String: Int] = [:]
    /// Sessions that were restarted on their sockets.
    var sessions = 0
    /// Sessions that failed too often, and were closed with 1011.
    var evictions = 0
    /// Milliseconds from "capture lost" to "capture connected".
    var capture = LatencySummary.none
}

extension RestartSummary {
    /// Failures that were ordered, and that the log tells nothing of: `2 of auditor`.
    var missing: [String] {
        self.ordered.sorted { $0.key < $1.key }.compactMap { child, count in
            let missing = count - (self.children[child]?.count ?? 0)
            return missing > 0 ? "\(missing) of \(child)" : nil
        }
    }
}

/// The restarts of one child of the tree.
struct ChildRestarts: Encodable, Sendable, Equatable {
    /// How often it ran again after a failure.
    var count = 0
    /// How often it gave no sign of life.
    var silences = 0
    /// Milliseconds from the failure until it ran again.
    var whole = LatencySummary.none
    /// The same less the pause that the supervisor makes on purpose: what the child itself takes.
    var own = LatencySummary.none
}
