// MARK: What clients met
extension Judge {
    /// A steady client reads all and answers each ping: nobody may end its connection, whatever fails.
    var steadyEnded: Judgement {
        let ended = self.report.counts.steadyEnded
        let wrong = ended.filter { !self.isExcused($0.key) }
        let isGone = self.report.ending.daemonEnded != nil || self.report.ending.brokeOff != nil
        let isOpen = !ended.isEmpty && (wrong.isEmpty || isGone)
        let broken = "Connections of steady clients were ended: \(Self.texts(wrong))."
        let open = "Ended connections of steady clients aren't judged, \(self.excuse(isGone)): \(Self.texts(ended))."
        return Judgement(
            name: "Steady clients' connections that were ended",
            found: ended.isEmpty ? "0" : Self.texts(ended),
            bound: "0",
            state: ended.isEmpty ? .kept : isOpen ? .open : .broken,
            sentence: ended.isEmpty ? nil : isOpen ? open : broken
        )
    }

    private var stoodStill: Bool { self.report.presence.longestRoundSeconds > self.rules.longestRoundSeconds }

    /// A debug build may be too slow for the machine.
    private var daemonStoodStill: Bool { self.report.setup.build == .debug && self.report.log.silentParts > 0 }

    /// Whether the daemon may have been right.
    private func isExcused(_ reason: String) -> Bool {
        switch reason {
        case "closed 4008", "closed 4012": self.stoodStill || self.daemonStoodStill
        case "closed 1011": self.report.setup.mayExhaustSession
        default: false
        }
    }

    private func excuse(_ isGone: Bool) -> String {
        if isGone { return "the daemon didn't run to the end" }
        if self.daemonStoodStill { return "a part of the daemon, a debug build, stood still" }
        let still = Figure.number(self.report.presence.longestRoundSeconds, digits: 1)
        return self.stoodStill
            ? "the clients stood still for \(still) s" : "chance may fail one session four times within a minute"
    }

    private static func texts(_ ended: [String: Int]) -> String {
        ended.sorted { $0.key < $1.key }.map { "\(Figure.number($0.value)) \($0.key)" }.joined(separator: ", ")
    }
}
