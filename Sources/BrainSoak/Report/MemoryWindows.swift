/// The daemon's memory early in a run and at its end.
///
/// Early are minutes 5 to 10, and the end is the last 5 minutes; of a run planned for less than 15 minutes, the second
/// and the last fifth.
struct MemoryWindows: Sendable {
    private let early: Range<Double>
    private let width: Double
    private var earlyValues = RecentValues()
    private var lateValues: [(second: Double, value: Double)] = []

    /// What is shorter hasn't settled enough for a verdict.
    static let leastMinutes = 15.0
    /// Values of the last window, at most: one for each of its seconds is 300.
    private static let limit = 10_000

    /// - Parameter minutes: how long the run is planned for.
    init(minutes: Double) {
        let isShort = !(minutes >= Self.leastMinutes)
        self.width = isShort ? max(0, minutes) * 60 / 5 : 300
        self.early = self.width..<(2 * self.width)
    }

    mutating func add(_ residentMiB: Double, at second: Double) {
        if self.early.contains(second) { self.earlyValues.add(residentMiB) }
        self.lateValues.append((second, residentMiB))
        let begin = self.lateValues.firstIndex { $0.second > second - self.width } ?? self.lateValues.endIndex
        self.lateValues.removeFirst(max(begin, self.lateValues.count - Self.limit))
    }

    /// The medians of both windows.
    var summary: MemorySummary {
        var late = RecentValues()
        for (_, value) in self.lateValues { late.add(value) }
        return MemorySummary(earlyMiB: self.earlyValues.median, lateMiB: late.median)
    }
}

/// How memory grew over a run.
struct MemorySummary: Encodable, Sendable, Equatable {
    /// Medians; nil where nothing was measured.
    private(set) var earlyMiB: Double?
    private(set) var lateMiB: Double?
    /// Late to early.
    private(set) var ratio: Double?
    /// The most that the ratio may be.
    let bound: Double

    init(earlyMiB: Double? = nil, lateMiB: Double? = nil, bound: Double = 1.03) {
        (self.earlyMiB, self.lateMiB, self.bound) = (earlyMiB, lateMiB, bound)
        if let earlyMiB, let lateMiB, earlyMiB > 0 { self.ratio = lateMiB / earlyMiB }
    }
}
