// MARK: What was done to the daemon
extension Judge {
    /// A plan that is mostly left out shows little.
    var faults: Judgement {
        let (done, skipped) = (self.report.faults.count, self.report.faults.skipped)
        let isKept = Double(done) >= Double(done + skipped) * self.rules.leastShareOfFaults
        let planned = Figure.count(done + skipped, "fault", "faults")
        return Judgement(
            name: "Faults done, of those planned",
            found: "\(Figure.number(done)) of \(Figure.number(done + skipped))",
            bound: "≥ \(Figure.number(self.rules.leastShareOfFaults * 100)) %",
            state: isKept ? .kept : .broken,
            sentence: isKept
                ? nil : "Of \(planned) planned only \(Figure.number(done)) were done: the others came too late."
        )
    }

    /// A session that fails costs the others nothing.
    var isolation: Judgement? {
        let latency = self.report.latency
        guard let others = latency.byFault[FaultKind.someSessions.rawValue], others.count > 0, latency.quiet.count > 0
        else { return nil }
        let bound = self.rules.isolationFactor * latency.quiet.p99 + self.rules.isolationMilliseconds
        let (isBroken, isJudged) = (others.p99 > bound, self.report.setup.build == .release && !self.isShort)
        let texts = "\(Figure.milliseconds(others.p99)) after one, \(Figure.milliseconds(latency.quiet.p99)) without"
        return Judgement(
            name: "Latency of the others after a session failed, p99",
            found: Figure.milliseconds(others.p99),
            bound: "≤ \(Figure.milliseconds(bound))",
            state: !isJudged ? .open : isBroken ? .broken : .kept,
            sentence: isJudged && isBroken ? "Failing sessions hold the others up, the 99th percentile: \(texts)." : nil
        )
    }

    /// After a fault Brain may fall back to a lesser capture for a moment, not for good.
    var captures: Judgement {
        let (same, others) = (self.report.captures.same, self.report.captures.otherCount)
        let share = same + others > 0 ? Double(same) / Double(same + others) : 1
        let longest = self.report.captures.longestFallback
        let isKept = share >= self.rules.leastShareOfCapture || longest <= self.rules.otherCaptureSamples
        let percent = "\(Figure.number(share * 100, digits: 1)) %"
        let names = self.report.captures.others.keys.sorted().joined(separator: ", ")
        let start = self.report.setup.capture
        return Judgement(
            name: "Samples that found the first capture",
            found: percent,
            bound: "≥ \(Figure.number(self.rules.leastShareOfCapture * 100)) %",
            state: isKept ? .kept : .broken,
            sentence: isKept ? nil : "Only \(percent) of the samples found the capture \(start), the others \(names)."
        )
    }
}
