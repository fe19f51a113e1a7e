/// Whether a run shows that the daemon keeps its promises, and if not, why.
struct Verdict: Sendable, Equatable {
    enum Word: String, Encodable, Sendable {
        case running
        case passed
        case failed
    }

    let word: Word
    /// Each figure beside its bound.
    let judgements: [Judgement]

    /// - Parameters:
    ///   - report: its figures, whatever verdict stands in it.
    ///   - rules: the bounds.
    init(of report: SoakReport, _ rules: VerdictRules = VerdictRules()) {
        self.judgements = Judge(report: report, rules: rules).judgements
        let isBroken = self.judgements.contains { $0.state == .broken }
        self.word = report.endedAt == nil ? .running : isBroken ? .failed : .passed
    }

    /// Why it failed.
    var reasons: [String] { self.judgements.filter { $0.state == .broken }.compactMap(\.sentence) }

    /// What isn't judged, and what else a reader must know.
    var remarks: [String] { self.judgements.filter { $0.state != .broken }.compactMap(\.sentence) }
}

/// Holds each figure of a report against its bound.
struct Judge {
    let report: SoakReport
    let rules: VerdictRules

    var judgements: [Judgement] {
        let judgements: [Judgement?] = [
            self.losses, self.findings, self.audits, self.daemon, self.presence, self.steadyEnded, self.settled,
            self.changes, self.faults, self.captures, self.struck, self.surplus, self.silentParts, self.restarts,
            self.isolation,
            self.memory,
            self.descriptors,
            self.sessions,
        ]
        return judgements.compactMap(\.self)
    }

    var isOver: Bool { self.report.endedAt != nil }
    var isShort: Bool { Double(self.report.ranSeconds) < self.rules.leastMinutes * 60 }
    private var tooShort: String { "the run is shorter than \(Figure.number(self.rules.leastMinutes)) minutes" }

    private var losses: Judgement {
        let losses = self.report.losses
        return Judgement(
            name: "Losses",
            found: Figure.number(losses.count),
            bound: "0",
            state: losses.count > 0 ? .broken : .kept,
            sentence: losses.count > 0 ? "\(Figure.count(losses.count, "loss", "losses")): \(losses.kinds)." : nil
        )
    }

    private var findings: Judgement {
        let (count, first) = (self.report.findings.count, self.report.findings.findings.first?.text ?? "")
        let sights = self.report.sights.findings.map { "\($0.text) (\(Figure.count($0.times, "time", "times")))" }
        let seen = "Audits saw what stood for no second one: \(sights.prefix(3).joined(separator: "; "))."
        return Judgement(
            name: "Findings, of the audit and in the log",
            found: Figure.number(count),
            bound: "0",
            state: count > 0 ? .broken : .kept,
            sentence: count > 0
                ? "\(Figure.count(count, "finding", "findings")): \(first)." : sights.isEmpty ? nil : seen
        )
    }

    /// What nobody looked for was not found.
    private var audits: Judgement {
        let (made, asked) = (self.report.objects.audits, self.report.ranSeconds / self.rules.secondsForAudit)
        return Judgement(
            name: "Audits seen",
            found: Figure.number(made),
            bound: "≥ \(Figure.number(asked))",
            state: made >= asked ? .kept : .broken,
            sentence: made >= asked
                ? nil : "There were only \(Figure.count(made, "audit", "audits")), too few to find anything."
        )
    }

    /// Whoever isn't let in misses nothing.
    private var presence: Judgement {
        let share = self.report.presence.share
        let isKept = (share ?? 0) >= self.rules.leastPresence
        let percent = "\(Figure.number(share.map { $0 * 100 }, digits: 1)) %"
        return Judgement(
            name: "Steady clients connected, on average",
            found: percent,
            bound: "≥ \(Figure.number(self.rules.leastPresence * 100)) %",
            state: share == nil && !self.isOver ? .open : isKept ? .kept : .broken,
            sentence: isKept || !self.isOver ? nil : "Of the steady clients only \(percent) were connected, on average."
        )
    }

    private var daemon: Judgement {
        if let why = self.report.ending.brokeOff { return self.brokenOff(why) }
        let how = self.report.ending.daemonEnded
        return Judgement(
            name: "The daemon's process",
            found: how == nil ? "ran on" : "ended",
            bound: "ran on",
            state: how == nil ? .kept : .broken,
            sentence: how.map { "The daemon ended by itself: \($0)." }
        )
    }

    private func brokenOff(_ why: String) -> Judgement {
        Judgement(
            name: "The run",
            found: "broke off",
            bound: "to its end",
            state: .broken,
            sentence: "The run could not go on: \(why)."
        )
    }

    private var settled: Judgement {
        let what = self.report.ending.unsettled
        return Judgement(
            name: "Settled at the end",
            found: what != nil ? "no" : self.isOver ? "yes" : "not yet",
            bound: "yes",
            state: what != nil ? .broken : self.isOver ? .kept : .open,
            sentence: what.map { "Not settled at the end: \($0)." }
        )
    }

    /// Held against the time that it ran: also a run that was stopped early must have had its load.
    private var changes: Judgement {
        let asked = self.report.setup.changesPerSecond * Double(self.report.ranSeconds)
        let share = asked > 0 ? Double(self.report.counts.committedChanges) / asked : 1
        let (isLow, isOver) = (share < self.rules.leastShareOfChanges, self.isOver)
        let isBroken = isLow && isOver
        let percent = Figure.number(share * 100, digits: 1)
        let slow = "The machine was too slow: \(percent) % of the changes asked for were committed."
        let early = "Stopped before its time, after \(Figure.clock(self.report.ranSeconds))."
        return Judgement(
            name: "Changes committed, of those asked for",
            found: "\(percent) %",
            bound: "≥ \(Figure.number(self.rules.leastShareOfChanges * 100)) %",
            state: !isLow ? .kept : isOver ? .broken : .open,
            sentence: isBroken ? slow : self.report.ending.isInterrupted ? early : nil
        )
    }
}

extension Judge {
    private var restarts: Judgement {
        let times = self.report.restarts.children.filter { $0.value.count > 0 }.map {
            (child: $0.key, p99: $0.value.whole.p99)
        }
        let slow = times.filter { !($0.p99 < self.rules.restartMilliseconds) }.sorted { $0.child < $1.child }
        let why = self.report.setup.build == .debug ? "this is a debug build" : self.isShort ? self.tooShort : nil
        let texts = slow.map { "\($0.child) \(Figure.milliseconds($0.p99))" }.joined(separator: ", ")
        return Judgement(
            name: "Slowest child's restart, p99",
            found: Figure.milliseconds(times.map(\.p99).max()),
            bound: "< \(Figure.milliseconds(self.rules.restartMilliseconds))",
            state: why != nil ? .open : slow.isEmpty ? .kept : .broken,
            sentence: why.map { "Restart times aren't judged: \($0)." }
                ?? (slow.isEmpty ? nil : "Restarts took too long, the 99th percentile: \(texts).")
        )
    }

    private var memory: Judgement {
        let memory = self.report.memory
        let isBroken = !((memory.ratio ?? .infinity) <= memory.bound)
        let why = self.isShort ? self.tooShort : memory.ratio == nil ? "it wasn't measured" : nil
        let (early, late) = (Figure.number(memory.earlyMiB, digits: 1), Figure.number(memory.lateMiB, digits: 1))
        return Judgement(
            name: "Memory at the end to early on",
            found: Figure.number(memory.ratio, digits: 3),
            bound: "≤ \(Figure.number(memory.bound, digits: 2))",
            state: why != nil ? .open : isBroken ? .broken : .kept,
            sentence: why.map { "The growth of memory isn't judged: \($0)." }
                ?? (isBroken ? "Memory grew from \(early) to \(late) MiB." : nil)
        )
    }

    private var descriptors: Judgement {
        let figures = self.report.descriptors
        let limit = figures.beforeClients.map { $0 + self.rules.descriptorSlack }
        return self.leftover(
            "Descriptors after the clients left",
            figures.afterClients,
            limit: limit,
            broken: "The daemon had \(Figure.number(figures.afterClients.map(Double.init))) descriptors open after the "
                + "clients had left, \(Figure.number(figures.beforeClients.map(Double.init))) before they came"
                + (figures.difference.isEmpty ? "." : ": \(figures.difference).")
        )
    }

    private var sessions: Judgement {
        let sessions = self.report.objects.sessions
        return self.leftover(
            "Sessions after the clients left",
            sessions,
            limit: 0,
            broken:
                "After all clients had left, the daemon still had \(Figure.count(sessions ?? 0, "session", "sessions"))."
        )
    }

    /// A figure that nobody could take at the end is no good sign.
    private func leftover(_ name: String, _ found: Int?, limit: Int?, broken sentence: String) -> Judgement {
        let bound = limit.map { "≤ \(Figure.number($0))" } ?? Figure.none
        guard let found, let limit else {
            let unknown = self.isOver ? "\(name): not known." : nil
            return Judgement(
                name: name,
                found: self.isOver ? "not known" : "not yet",
                bound: bound,
                state: self.isOver ? .broken : .open,
                sentence: unknown
            )
        }
        let isBroken = found > limit
        return Judgement(
            name: name,
            found: Figure.number(found),
            bound: bound,
            state: isBroken ? .broken : .kept,
            sentence: isBroken ? sentence : nil
        )
    }
}
