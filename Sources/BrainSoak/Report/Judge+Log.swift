// MARK: What the daemon's log tells
extension Judge {
    /// A child that was to fail and didn't has proved nothing; the last one of a run cut short may still be to come.
    var struck: Judgement {
        let missing = self.report.restarts.missing
        let isSure = self.isOver && !self.report.ending.isInterrupted && !self.report.log.hasDroppedLines
        let texts = missing.joined(separator: ", ")
        let open =
            self.report.log.hasDroppedLines ? "Lines of the log were dropped, and with them maybe: \(texts)." : nil
        return Judgement(
            name: "Failures ordered of children that didn't come",
            found: missing.isEmpty ? "0" : texts,
            bound: "0",
            state: missing.isEmpty ? .kept : isSure ? .broken : .open,
            sentence: missing.isEmpty ? nil : isSure ? "Failures were ordered and didn't come: \(texts)." : open
        )
    }

    /// Nobody may fail but who was told to.
    var surplus: Judgement {
        let surplus = self.report.restarts.surplus
        let texts = surplus.joined(separator: ", ")
        return Judgement(
            name: "Failures of children that nobody ordered",
            found: surplus.isEmpty ? "0" : texts,
            bound: "0",
            state: surplus.isEmpty ? .kept : self.isOver ? .broken : .open,
            sentence: surplus.isEmpty || !self.isOver ? nil : "Children failed unasked: \(texts)."
        )
    }

    /// In a release build each is a finding already; a debug build may be too slow for the machine.
    var silentParts: Judgement? {
        let count = self.report.log.silentParts
        guard count > 0, self.report.setup.build == .debug else { return nil }
        let times = Figure.count(count, "time", "times")
        return Judgement(
            name: "Parts of the process that gave no answer for 5 s",
            found: Figure.number(count),
            bound: "0",
            state: .open,
            sentence: "A part of the process gave no answer for 5 s, \(times): this is a debug build."
        )
    }
}
