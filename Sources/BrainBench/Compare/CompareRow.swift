/// A figure of one run.
enum FanMetric: String, Encodable, Sendable {
    case processorTime = "µs/msg"
    case rate = "k msg/s"
    case connects = "connects/s"
    case idleMemory = "KiB/client"
    case residentMemory = "MiB"
    case latency = "p99 ms"

    func value(in result: FanResult) -> Double {
        switch self {
        case .processorTime: result.serverMicrosecondsPerMessage
        case .rate: result.messagesPerSecond / 1000
        case .connects: result.connectsPerSecond
        case .idleMemory: result.kibibytesPerConnection
        case .residentMemory: result.residentKibibytesAtTheEnd / 1024
        case .latency: result.p99Microseconds / 1000
        }
    }

    /// Behind the point, where a person reads it.
    var digits: Int {
        switch self {
        case .processorTime, .idleMemory: 2
        case .rate, .residentMemory, .latency: 1
        case .connects: 0
        }
    }
}

/// One line of the verdict: a figure of Brain, by itself or beside another of the same round.
struct CompareRow: Sendable {
    /// What is taken of the figure.
    enum Comparison: Sendable {
        case alone
        case ratio(to: Trial)
        case difference(from: Trial)
    }

    /// As thresholds call it.
    let name: String
    let cell: CompareCell
    let metric: FanMetric
    let of: Trial
    let comparison: Comparison

    /// All lines, in order.
    static let all = [
        CompareRow("cpu-1000", .cpu, .processorTime, .paced1000, .ratio(to: .init(.paced1000, .each))),
        CompareRow("cpu-5000", .cpu, .processorTime, .paced5000, .ratio(to: .init(.paced5000, .each))),
        CompareRow("throughput-1000", .throughput, .rate, .flood1000, .ratio(to: .init(.flood1000, .each))),
        CompareRow("throughput-10000", .throughput, .rate, .flood10000, .ratio(to: .init(.flood10000, .each))),
        CompareRow("memory-idle", .memory, .idleMemory, .idle, .alone),
        CompareRow("connects", .connects, .connects, .idle, .ratio(to: .init(.idle, .ws))),
        CompareRow("latency-p99", .latency, .latency, .paced1000, .ratio(to: .init(.paced1000, .each))),
        CompareRow("stalled-p99", .stalled, .latency, .stalled, .ratio(to: .init(.calm, .brain))),
        CompareRow("stalled-memory", .stalled, .residentMemory, .stalled, .difference(from: .init(.calm, .brain))),
        CompareRow("failing-p99", .failing, .latency, .failing, .ratio(to: .init(.sound, .brain))),
        CompareRow("failing-cpu", .failing, .processorTime, .failing, .ratio(to: .init(.sound, .brain))),
        CompareRow("growth", .growth, .processorTime, .many, .ratio(to: .init(.few, .brain))),
    ]

    private init(_ name: String, _ cell: CompareCell, _ metric: FanMetric, _ load: FanLoad, _ comparison: Comparison) {
        (self.name, self.cell, self.metric, self.comparison) = (name, cell, metric, comparison)
        self.of = Trial(load, .brain)
    }

    /// What Brain is held against; nil where it stands alone.
    var against: Trial? {
        switch self.comparison {
        case .alone: nil
        case .ratio(let trial), .difference(let trial): trial
        }
    }

    /// The value of each round in which both sides ran.
    ///
    /// What the machine does meanwhile changes from round to round, and hits both sides of one alike.
    func values(in samples: [FanSample]) -> [Double] {
        let (own, other) = (
            self.figures(of: self.of, in: samples), self.against.map { self.figures(of: $0, in: samples) }
        )
        return own.keys.sorted().compactMap { round in
            guard let value = own[round] else { return nil }
            guard let other else { return value }
            return other[round].map { self.compared(value, with: $0) }
        }
    }

    /// The figure of a trial in each round.
    func figures(of trial: Trial, in samples: [FanSample]) -> [Int: Double] {
        let pairs = samples.filter { $0.trial == trial }.map { ($0.round, self.metric.value(in: $0.result)) }
        return Dictionary(pairs) { $1 }
    }

    private func compared(_ value: Double, with other: Double) -> Double {
        switch self.comparison {
        case .alone: value
        case .ratio: value / other
        case .difference: value - other
        }
    }
}

extension Trial {
    init(_ load: FanLoad, _ contestant: Contestant) {
        self.init(load: load, contestant: contestant)
    }
}
