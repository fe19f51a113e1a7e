/// What was seen of the daemon and its clients in a moment of the run, or in several that were merged.
///
/// What couldn't be had is nil: a daemon that is stopped answers nothing.
struct Sample: Encodable, Sendable, Equatable {
    /// Its end, in seconds since the beginning.
    var second: Int
    /// How many seconds it stands for, at least 1.
    var seconds = 1
    var residentMiB: Double?
    var descriptors: Int?
    var sessions: Int?
    /// That writers committed.
    var changesPerSecond = 0.0
    /// That clients heard.
    var messagesPerSecond = 0.0
    /// Of the messages of these seconds; nil where there were none.
    var latency: LatencySummary?
    /// Of children and sessions, since the beginning.
    var restarts = 0
    /// Processor cores that the daemon kept busy.
    var cores: Double?
    /// What waited for all sessions.
    var queuedBytes: Int?
    /// Audit findings since the beginning.
    var findings = 0

    /// This one and the next as one.
    ///
    /// Rates are the mean by seconds; of memory, descriptors and queues the greatest stays, of sessions the least, so
    /// that neither a peak nor a dip is lost; what counts since the beginning is the later one's.
    func merged(with next: Sample) -> Sample {
        Sample(
            second: next.second,
            seconds: self.seconds + next.seconds,
            residentMiB: Self.either(self.residentMiB, next.residentMiB, max),
            descriptors: Self.either(self.descriptors, next.descriptors, max),
            sessions: Self.either(self.sessions, next.sessions, min),
            changesPerSecond: self.mean(self.changesPerSecond, next.changesPerSecond, with: next),
            messagesPerSecond: self.mean(self.messagesPerSecond, next.messagesPerSecond, with: next),
            latency: Self.either(self.latency, next.latency) { $0.merged(with: $1) },
            restarts: next.restarts,
            cores: Self.either(self.cores, next.cores) { self.mean($0, $1, with: next) },
            queuedBytes: Self.either(self.queuedBytes, next.queuedBytes, max),
            findings: next.findings
        )
    }

    private func mean(_ own: Double, _ other: Double, with next: Sample) -> Double {
        let (seconds, others) = (Double(max(1, self.seconds)), Double(max(1, next.seconds)))
        return (own * seconds + other * others) / (seconds + others)
    }

    private static func either<Value>(_ one: Value?, _ other: Value?, _ join: (Value, Value) -> Value) -> Value? {
        guard let one, let other else { return one ?? other }
        return join(one, other)
    }
}

/// The samples of a run of any length, in a bounded number of them.
///
/// Each time it is full, neighbours are merged in pairs; from then on, twice as many of what is added become one. So all
/// but the last stand for the same number of samples.
struct SampleSeries: Encodable, Sendable, Equatable {
    /// The most that are kept, even.
    let capacity: Int
    private var whole: [Sample] = []
    private var pending: Sample?
    private var pendingCount = 0
    private var stride = 1

    /// - Parameter capacity: the most that are kept; an odd number is taken for the next even one.
    init(capacity: Int = 2000) {
        self.capacity = max(2, capacity + capacity % 2)
    }

    /// All that are kept, in order.
    var samples: [Sample] { self.whole + (self.pending.map { [$0] } ?? []) }

    /// The last sample's end.
    var lastSecond: Int { self.samples.last?.second ?? 0 }

    mutating func add(_ sample: Sample) {
        self.pending = self.pending?.merged(with: sample) ?? sample
        self.pendingCount += 1
        guard self.pendingCount >= self.stride, let done = self.pending else { return }
        (self.pending, self.pendingCount) = (nil, 0)
        self.whole.append(done)
        if self.whole.count >= self.capacity { self.halve() }
    }

    /// Writes the samples alone.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.samples)
    }

    private mutating func halve() {
        let pairs = Swift.stride(from: 0, to: self.whole.count - 1, by: 2)
        self.whole = pairs.map { self.whole[$0].merged(with: self.whole[$0 + 1]) }
        self.stride *= 2
    }
}
