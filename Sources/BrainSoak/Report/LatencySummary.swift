/// Percentiles of waits in milliseconds; all 0 where there were none.
struct LatencySummary: Encodable, Sendable, Equatable {
    var p50 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    var max = 0.0
    /// How many waits it tells of.
    var count = 0

    /// No wait at all.
    static let none = LatencySummary()

    /// What is known of two sets of waits when only their summaries are.
    ///
    /// The median is the mean of both by their counts; the others are the greater ones: never less than the truth.
    func merged(with other: LatencySummary) -> LatencySummary {
        guard self.count > 0 else { return other }
        guard other.count > 0 else { return self }
        let count = self.count + other.count
        return LatencySummary(
            p50: (self.p50 * Double(self.count) + other.p50 * Double(other.count)) / Double(count),
            p99: Swift.max(self.p99, other.p99),
            p999: Swift.max(self.p999, other.p999),
            max: Swift.max(self.max, other.max),
            count: count
        )
    }
}

extension LatencySummary {
    /// The percentiles of these values by nearest rank: each is one of them.
    init(of values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let last = sorted.last else {
            self.init()
            return
        }
        self.init(
            p50: Self.percentile(50, of: sorted),
            p99: Self.percentile(99, of: sorted),
            p999: Self.percentile(99.9, of: sorted),
            max: last,
            count: sorted.count
        )
    }

    private static func percentile(_ percent: Double, of sorted: [Double]) -> Double {
        let rank = Int((Double(sorted.count) * percent / 100).rounded(.up))
        return sorted[min(Swift.max(rank - 1, 0), sorted.count - 1)]
    }
}

/// What clients waited, from the commit to the message.
struct LatencyReport: Encodable, Sendable, Equatable {
    /// Over the whole run.
    var whole = LatencySummary.none
    /// While no fault had an effect.
    var quiet = LatencySummary.none
    /// While a fault had its effect, by its kind; of `session` the clients' that weren't hit.
    var byFault: [String: LatencySummary] = [:]
    /// Of the clients whose sessions failed.
    var struck = LatencySummary.none
}
