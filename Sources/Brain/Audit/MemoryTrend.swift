/// Whether the process takes more and more memory for the same work.
///
/// It remembers an hour of rounds at the default interval, in four quarters. Memory that a peak took and the allocator
/// keeps is no growth: only where each quarter's least is above the one before, by over 32 MiB in all, while there are
/// neither more sessions nor more runs than in the first quarter. Pure.
struct MemoryTrend: Sendable {
    /// What one round saw.
    struct Sample: Sendable, Equatable {
        /// Resident memory, in bytes.
        let resident: Int
        let sessions: Int
        let runs: Int
    }

    /// Samples of a quarter.
    static let quarter = 30
    /// What is growth, in bytes.
    static let threshold = 32 << 20

    private var samples: [Sample] = []

    /// Takes a round's sample; the oldest is forgotten.
    mutating func add(_ sample: Sample) {
        self.samples.append(sample)
        if self.samples.count > Self.quarter * 4 { self.samples.removeFirst() }
    }

    /// By how much the memory grew, in bytes; nil where it is no growth, or not known yet.
    var growth: Int? {
        guard self.samples.count == Self.quarter * 4 else { return nil }
        let quarters = (0..<4).map { self.samples[$0 * Self.quarter..<($0 + 1) * Self.quarter] }
        let least = quarters.compactMap { $0.map(\.resident).min() }
        guard zip(least, least.dropFirst()).allSatisfy({ $0 < $1 }), let first = least.first, let last = least.last
        else { return nil }
        return last - first > Self.threshold && !Self.hasMoreToDo(quarters) ? last - first : nil
    }

    private static func hasMoreToDo(_ quarters: [ArraySlice<Sample>]) -> Bool {
        func most(_ samples: some Sequence<Sample>, _ value: (Sample) -> Int) -> Int { samples.map(value).max() ?? 0 }
        guard let first = quarters.first else { return false }
        let rest = quarters.dropFirst().joined()
        return most(rest, \.sessions) > most(first, \.sessions) || most(rest, \.runs) > most(first, \.runs)
    }
}
