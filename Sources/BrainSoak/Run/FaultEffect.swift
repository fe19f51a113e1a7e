/// How long what clients meet is the doing of the last fault; pure.
struct FaultEffect: Sendable {
    /// How long it is that of a fault that is noticed at once.
    static let usual = Duration.seconds(5)
    /// How long it is that of a hang: 10 s until it is noticed, 2 s between two looks, and the catching up.
    static let ofHang = Duration.seconds(15)

    private var ends: ContinuousClock.Instant?
    /// Whether it is that of a child that hangs, which all clients may feel; sessions that hang are felt by their own.
    private var isOfAll = false

    /// A fault begins.
    ///
    /// - Parameters:
    ///   - planned: the fault.
    ///   - now: when.
    /// - Returns: what latencies count for from now on; nil where that stays: the effect of a child's hang isn't over by
    ///   what comes meanwhile, unless that is another one.
    mutating func began(_ planned: PlannedFault, now: ContinuousClock.Instant) -> LatencyLabel? {
        let isOfAll = planned.fault.isHangOfChild
        if let ends = self.ends, self.isOfAll, now < ends, !isOfAll { return nil }
        self.isOfAll = isOfAll
        self.ends = now + (isOfAll || planned.fault.isHangOfSessions ? Self.ofHang : Self.usual)
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
    fileprivate var isHangOfChild: Bool {
        if case .child(_, .hang) = self { true } else { false }
    }

    fileprivate var isHangOfSessions: Bool {
        if case .sessions(.hang, _) = self { true } else { false }
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
