/// Measured values, in order.
struct Distribution: Sendable {
    private let sorted: [Double]

    init(_ values: some Sequence<Double>) {
        self.sorted = values.sorted()
    }

    var count: Int { self.sorted.count }
    var minimum: Double { self.sorted.first ?? .nan }
    var maximum: Double { self.sorted.last ?? .nan }
    var median: Double { self.percentile(50) }

    /// Between two values, the one in proportion: of an even number the median is the middle of the middle two.
    ///
    /// - Parameter percent: 0 is the least value, 100 the greatest.
    /// - Returns: not a number where there are no values.
    func percentile(_ percent: Double) -> Double {
        guard let last = self.sorted.indices.last else { return .nan }
        let place = Double(last) * min(max(percent, 0), 100) / 100
        let below = Int(place)
        let above = min(below + 1, last)
        return self.sorted[below] + (self.sorted[above] - self.sorted[below]) * (place - Double(below))
    }

    /// Median, least and greatest.
    var spread: Spread? {
        self.sorted.isEmpty ? nil : Spread(median: self.median, min: self.minimum, max: self.maximum, n: self.count)
    }

    /// What is told of a latency.
    var latency: Latency? {
        guard !self.sorted.isEmpty else { return nil }
        return Latency(
            p50: self.median,
            p90: self.percentile(90),
            p99: self.percentile(99),
            max: self.maximum,
            n: self.count
        )
    }
}

/// The middle and the ends of a few repetitions.
struct Spread: Encodable, Sendable {
    let median: Double
    let min: Double
    let max: Double
    let n: Int

    /// `0.98 [0.91..1.02]`.
    func text(_ digits: Int = 2) -> String {
        "\(self.median.text(digits)) [\(self.min.text(digits))..\(self.max.text(digits))]"
    }
}

/// Percentiles of many waits, in milliseconds.
struct Latency: Encodable, Sendable {
    let p50: Double
    let p90: Double
    let p99: Double
    let max: Double
    let n: Int

    /// One cell for each.
    var cells: [String] {
        [self.p50, self.p90, self.p99, self.max].map { $0.text(3) } + ["\(self.n)"]
    }
}
