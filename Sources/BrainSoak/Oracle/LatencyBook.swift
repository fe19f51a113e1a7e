/// What a latency is counted for: how things stood when the message was heard.
enum LatencyLabel: Sendable, Hashable {
    /// No fault had an effect.
    case quiet
    /// Of the others, while a fault of the kind had its effect.
    case after(FaultKind)
    /// Of a client whose own session was failed.
    case struck
}

/// Latencies by what they are counted for; a message costs no look-up.
struct LatencyBook: Sendable {
    private var label = LatencyLabel.quiet
    /// By client, whether its session was failed since the last fault began.
    private var struck: [Bool]
    /// Since the last ``flush()``.
    private var new = LatencyHistogram()
    private var newOfStruck = LatencyHistogram()
    /// Flushed, and not taken yet.
    private var untaken = LatencyHistogram()
    private var flushed: [LatencyLabel: LatencyHistogram] = [:]

    init(clients: Int) {
        self.struck = Array(repeating: false, count: clients)
    }

    /// All that were counted so far.
    var byLabel: [LatencyLabel: LatencyHistogram] {
        var copy = self
        copy.flush()
        return copy.flushed
    }

    mutating func add(microseconds: Int, of client: Int) {
        if self.struck[client] {
            self.newOfStruck.add(microseconds: microseconds)
        } else {
            self.new.add(microseconds: microseconds)
        }
    }

    /// Counts from now on for `label`; at a fault nobody is struck any more.
    mutating func begin(_ label: LatencyLabel) {
        self.flush()
        self.label = label
        if case .after = label { self.struck = Array(repeating: false, count: self.struck.count) }
    }

    /// The sessions of these clients are about to be failed; who isn't known is passed over.
    mutating func strike(_ clients: [Int]) {
        for client in clients where self.struck.indices.contains(client) { self.struck[client] = true }
    }

    /// All latencies since the last time.
    mutating func take() -> LatencyHistogram {
        self.flush()
        defer { self.untaken = LatencyHistogram() }
        return self.untaken
    }

    private mutating func flush() {
        for (label, histogram) in [(self.label, self.new), (.struck, self.newOfStruck)] where histogram.count > 0 {
            self.flushed[label, default: LatencyHistogram()].merge(histogram)
            self.untaken.merge(histogram)
        }
        (self.new, self.newOfStruck) = (LatencyHistogram(), LatencyHistogram())
    }
}
