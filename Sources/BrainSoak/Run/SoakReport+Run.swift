// MARK: What a run puts into its report
extension SoakReport {
    /// What a reader of the last lines wants to know.
    var lines: [String] {
        let figures = self.judgements.map { judgement in
            "  \(judgement.state == .broken ? "✘" : judgement.state == .open ? "·" : "✔") "
                + "\(judgement.name): \(judgement.found) (\(judgement.bound))"
        }
        let losses = self.losses.first.prefix(10).map { "    \($0)" }
        let notes = self.remarks.map { "  \($0)" }
        return figures + losses + notes + [self.verdictLine] + self.reasons.map { "  \($0)" }
    }

    private var verdictLine: String {
        let faults = Figure.count(self.faults.count, "fault", "faults")
        let messages = "\(Figure.number(self.counts.messagesHeard)) messages"
        return "\(self.verdict.rawValue): \(Figure.clock(self.ranSeconds)), \(faults), \(messages)"
    }
}

extension SoakReport {
    /// Takes over what the log told; what was ordered stays.
    mutating func take(_ told: RestartDesk) {
        let (ordered, troubles) = (self.restarts.ordered, told.troubles)
        self.restarts = told.summary
        self.restarts.ordered = ordered
        self.findings.add(troubles.findings)
        self.log = LogFigures(silentParts: troubles.silentParts, hasDroppedLines: troubles.hasDroppedLines)
    }
}

extension SoakCounts {
    /// What the oracle counted.
    init(_ counts: OracleCounts, seconds: Int) {
        self.init()
        self.committedChanges = counts.committed
        self.messagesHeard = counts.heard
        self.messagesPerSecond = Double(counts.heard) / Double(max(1, seconds))
        self.joins = counts.joined
        self.leaves = counts.left.byName
        self.steadyEnded = counts.steadyEnded.byName
        self.refusals = counts.refused.values.reduce(0, +)
        self.unobservedEnds = counts.unobservedTerminals
        self.forgotten = counts.forgotten
    }
}

extension LeaveCounts {
    /// The same by words; a close frame's has its code.
    fileprivate var byName: [String: Int] {
        let closes = self.closed.map { ("closed \($0.key)", $0.value) }
        let all = [("ownWill", self.ownWill), ("cut", self.cut)] + closes
        return Dictionary(all.filter { $0.1 > 0 }) { $0 + $1 }
    }
}

extension ProgressLine {
    /// What the report and its last sample have.
    init(of report: SoakReport) {
        let last = report.samples.samples.last
        self.init(
            changesPerSecond: last?.changesPerSecond ?? 0,
            messagesPerSecond: last?.messagesPerSecond ?? 0,
            sessions: last?.sessions,
            residentMiB: last?.residentMiB,
            p99: last?.latency?.p99,
            faults: report.faults.count,
            findings: report.findings.count
        )
    }
}
