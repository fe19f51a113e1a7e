/// What was restarted in a run, and how long that took.
struct RestartSummary: Encodable, Sendable, Equatable {
    /// Those that failed or went silent, by name.
    var children: [String: ChildRestarts] = [:]
    /// The failures that were ordered of each.
    var ordered: [String: OrderedFailures] = [:]
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
        self.each { ordered, child in
            max(0, ordered.thrown - child.planted) + max(0, ordered.hung - child.silences)
        }
    }

    /// Failures that the log tells of, and that nobody ordered: `1 of auditor`.
    var surplus: [String] {
        self.each { ordered, child in
            let more = max(0, child.planted - ordered.thrown) + max(0, child.silences - ordered.hung)
            return more - ordered.unsure
        }
    }

    private func each(_ count: (OrderedFailures, ChildRestarts) -> Int) -> [String] {
        Set(self.ordered.keys).union(self.children.keys).sorted().compactMap { name in
            let count = count(self.ordered[name] ?? OrderedFailures(), self.children[name] ?? ChildRestarts())
            return count > 0 ? "\(count) of \(name)" : nil
        }
    }
}

/// What was ordered of one child of the tree.
struct OrderedFailures: Encodable, Sendable, Equatable {
    /// How often it was to throw.
    var thrown = 0
    /// How often it was to hang.
    var hung = 0
    /// Orders that nobody confirmed; each was repeated, and may have come twice.
    var unsure = 0
}

/// The restarts of one child of the tree.
struct ChildRestarts: Encodable, Sendable, Equatable {
    /// How often it ran again after a failure.
    var count = 0
    /// How often it failed by a fault that was planted.
    var planted = 0
    /// How often it gave no sign of life.
    var silences = 0
    /// Milliseconds from the failure until it ran again.
    var whole = LatencySummary.none
    /// The same less the pause that the supervisor makes on purpose: what the child itself takes.
    var own = LatencySummary.none
}
