/// A fault that was done, or happened.
struct FaultRecord: Encodable, Sendable, Equatable {
    /// Seconds since the beginning.
    let at: Double
    /// What it counts as.
    let kind: String
    /// A few words with what it hit.
    let description: String
    /// From the fault until the daemon was ready again; nil where it never was unready, or isn't ready yet.
    var recoveredAfterMs: Double?
}

/// The faults of a run of any length: the first and the last, and the counts of all.
struct FaultLog: Encodable, Sendable {
    /// How many of the first are kept, and how many of the last.
    let limit: Int
    /// All that there were.
    private(set) var count = 0
    /// Planned ones that were left out, because another was still being brought about or recovered from.
    private(set) var skipped = 0
    /// All that there were, for each kind.
    private(set) var byKind: [String: Int] = [:]
    private var first: [FaultRecord] = []
    private var last: [FaultRecord] = []
    private var recoveries: [String: RecentValues] = [:]

    /// - Parameter limit: how many of the first are kept, and how many of the last.
    init(limit: Int = 500) {
        self.limit = max(1, limit)
    }

    /// What is kept, in order.
    var list: [FaultRecord] { self.first + self.last }

    /// How many between the first and the last aren't kept.
    var leftOut: Int { self.count - self.first.count - self.last.count }

    /// Milliseconds until the daemon was ready again, for each kind that made it unready.
    var recoveryTimes: [String: LatencySummary] { self.recoveries.mapValues(\.summary) }

    /// Takes a fault down.
    ///
    /// - Parameter record: the fault.
    /// - Returns: its number, by which its recovery is told later.
    mutating func add(_ record: FaultRecord) -> Int {
        self.count += 1
        self.byKind[record.kind, default: 0] += 1
        self.keep(record)
        if let time = record.recoveredAfterMs { self.recoveries[record.kind, default: RecentValues()].add(time) }
        return self.count - 1
    }

    /// Takes down that a planned one is left out.
    mutating func skip() { self.skipped += 1 }

    /// Takes down that the daemon is ready again; nothing where the fault isn't kept any more, or has recovered.
    ///
    /// - Parameters:
    ///   - number: the fault's.
    ///   - milliseconds: from the fault on.
    mutating func recovered(_ number: Int, afterMs milliseconds: Double) {
        let later = number - self.first.count - self.leftOut
        if self.first.indices.contains(number), self.first[number].recoveredAfterMs == nil {
            self.first[number].recoveredAfterMs = milliseconds
            self.recoveries[self.first[number].kind, default: RecentValues()].add(milliseconds)
        } else if self.last.indices.contains(later), self.last[later].recoveredAfterMs == nil {
            self.last[later].recoveredAfterMs = milliseconds
            self.recoveries[self.last[later].kind, default: RecentValues()].add(milliseconds)
        }
    }

    /// Writes the counts and what is kept.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(self.count, forKey: .count)
        try container.encode(self.skipped, forKey: .skipped)
        try container.encode(self.byKind, forKey: .byKind)
        try container.encode(self.leftOut, forKey: .leftOut)
        try container.encode(self.list, forKey: .list)
    }

    private enum Keys: CodingKey {
        case count
        case skipped
        case byKind
        case leftOut
        case list
    }

    private mutating func keep(_ record: FaultRecord) {
        guard self.first.count >= self.limit else { return self.first.append(record) }
        self.last = self.last.suffix(self.limit - 1) + [record]
    }
}
