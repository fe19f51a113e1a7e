/// How long what clients meet is the doing of the last fault; pure.
struct FaultEffect: Sendable {
    /// How long it is that of a fault that is noticed at once.
    static let usual = Duration.seconds(5)
    /// How long it is that of a hang: 10 s until it is noticed, 2 s between two looks, and the catching up.
    static let ofHang = Duration.seconds(15)

    private var ends: ContinuousClock.Instant?
    private var isHang = false

    /// A fault begins.
    ///
    /// - Parameters:
    ///   - planned: the fault.
    ///   - now: when.
    /// - Returns: what latencies count for from now on; nil where that stays: the effect of a hang isn't over by what
    ///   comes meanwhile, unless that hangs, too.
    mutating func began(_ planned: PlannedFault, now: ContinuousClock.Instant) -> LatencyLabel? {
        if let ends = self.ends, self.isHang, now < ends, !planned.fault.isHang { return nil }
        self.isHang = planned.fault.isHang
        self.ends = now + (self.isHang ? Self.ofHang : Self.usual)
        return .after(planned.kind)
    }

    /// Time passes.
    ///
    /// - Parameter now: the time.
    /// - Returns: what latencies count for from now on; nil where that stays.
    mutating func tick(now: ContinuousClock.Instant) -> LatencyLabel? {
        guard let ends = self.ends, now >= ends else { return nil }
        self.ends = nil
        return .quiet
    }
}

extension SoakFault {
    fileprivate var isHang: Bool {
        switch self {
        case .child(_, .hang), .sessions(.hang, _): true
        default: false
        }
    }
}

extension LatencyReport {
    /// What the oracle counted.
    init(_ latencies: [LatencyLabel: LatencyHistogram]) {
        self.init()
        var whole = LatencyHistogram()
        for (label, histogram) in latencies {
            whole.merge(histogram)
            switch label {
            case .quiet: self.quiet = LatencySummary(histogram)
            case .after(let kind): self.byFault[kind.rawValue] = LatencySummary(histogram)
            case .struck: self.struck = LatencySummary(histogram)
            }
        }
        self.whole = LatencySummary(whole)
    }
}

extension LatencySummary {
    /// What a histogram has, in milliseconds.
    init(_ histogram: LatencyHistogram) {
        func milliseconds(_ part: Double) -> Double { Double(histogram.quantile(part) ?? 0) / 1000 }
        self.init(
            p50: milliseconds(0.5),
            p99: milliseconds(0.99),
            p999: milliseconds(0.999),
            max: Double(histogram.max) / 1000,
            count: histogram.count
        )
    }
}
