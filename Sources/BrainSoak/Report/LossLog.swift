/// What clients were not told, or told wrongly: counts for each kind, and the first as sentences.
struct LossLog: Encodable, Sendable, Equatable {
    /// How many sentences are kept.
    static let limit = 200

    /// All that there were, for each kind.
    private(set) var byKind: [String: Int] = [:]
    /// The first of them.
    private(set) var first: [String] = []
    /// All that there were.
    private(set) var count = 0

    mutating func add(kind: String, _ sentence: String) {
        self.count += 1
        self.byKind[kind, default: 0] += 1
        if self.first.count < Self.limit { self.first.append(sentence) }
    }

    mutating func add(_ losses: SoakLosses) {
        self.count += losses.count
        for (kind, count) in losses.counts { self.byKind[kind.rawValue, default: 0] += count }
        self.first += losses.first.prefix(Self.limit - self.first.count).map(\.sentence)
    }

    /// `2 missing, 1 doubled`: the kinds by their counts.
    var kinds: String {
        let sorted = self.byKind.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return sorted.map { "\(Figure.number($0.value)) \($0.key)" }.joined(separator: ", ")
    }
}

/// What the daemon's own audit found, or its log complained of: each text once.
struct FindingLog: Encodable, Sendable, Equatable {
    /// A finding, with when it was seen.
    struct Finding: Encodable, Sendable, Equatable {
        let text: String
        /// Seconds since the beginning.
        let firstSecond: Int
        fileprivate(set) var lastSecond: Int
        fileprivate(set) var times = 1

        init(_ text: String, at second: Int) {
            (self.text, self.firstSecond, self.lastSecond) = (text, second, second)
        }
    }

    /// How many different texts are kept.
    static let limit = 200

    /// How often one was named.
    private(set) var count = 0
    /// The first different ones.
    private(set) var findings: [Finding] = []

    mutating func saw(_ text: String, at second: Int) {
        self.count += 1
        self.keep(Finding(text, at: second))
    }

    /// Takes over what another saw.
    mutating func add(_ other: FindingLog) {
        self.count += other.count
        for finding in other.findings { self.keep(finding) }
    }

    private mutating func keep(_ finding: Finding) {
        if let index = self.findings.firstIndex(where: { $0.text == finding.text }) {
            self.findings[index].lastSecond = max(self.findings[index].lastSecond, finding.lastSecond)
            self.findings[index].times += finding.times
        } else if self.findings.count < Self.limit {
            self.findings.append(finding)
        }
    }
}
