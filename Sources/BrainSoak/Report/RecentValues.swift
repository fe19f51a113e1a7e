/// The last of many values, and how many there were.
struct RecentValues: Sendable, Equatable {
    /// How many are kept.
    let limit: Int
    /// How many were added in all.
    private(set) var count = 0
    /// What is kept, in no order once it is full.
    private(set) var values: [Double] = []

    /// - Parameter limit: how many are kept, at least 1.
    init(limit: Int = 10_000) {
        self.limit = max(1, limit)
    }

    mutating func add(_ value: Double) {
        if self.values.count < self.limit {
            self.values.append(value)
        } else {
            self.values[self.count % self.limit] = value
        }
        self.count += 1
    }

    /// The percentiles of what is kept.
    var summary: LatencySummary { LatencySummary(of: self.values) }

    /// The middle value, of an even number the mean of the middle two; nil where there is none.
    var median: Double? {
        let sorted = self.values.filter(\.isFinite).sorted()
        guard !sorted.isEmpty else { return nil }
        let upper = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[upper - 1] + sorted[upper]) / 2 : sorted[upper]
    }
}
