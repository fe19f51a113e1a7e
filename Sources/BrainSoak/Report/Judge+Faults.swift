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
}
