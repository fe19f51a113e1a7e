import BrainTestKit
import Foundation
import Synchronization

/// What all parts of a running soak write down.
final class SoakBook: Sendable {
    /// When clients and writers begin.
    let start = ContinuousClock.now
    let oracle: SharedOracle
    private let report: Mutex<SoakReport>
    private let others = Mutex(LossLog())
    private let audits = Mutex(AuditMemory())
    private let effect = Mutex(FaultEffect())
    private let isOver = Atomic(false)

    /// How soon what waits notices the end.
    private static let grain = Duration.milliseconds(200)

    init(_ setup: SoakSetup, oracle: SharedOracle) {
        self.oracle = oracle
        self.report = Mutex(SoakReport(setup: setup, startedAt: Date()))
    }

    /// Whether writers, faults and samples are to end.
    var hasEnded: Bool { self.isOver.load(ordering: .acquiring) }

    /// Has them end.
    func end() {
        self.isOver.store(true, ordering: .releasing)
    }

    /// Seconds since the start.
    var seconds: Double { (ContinuousClock.now - self.start) / .seconds(1) }

    /// Changes the report, or reads it.
    func note<Result: Sendable>(_ change: @Sendable (inout SoakReport) -> Result) -> Result {
        self.report.withLock { change(&$0) }
    }

    /// Waits for a moment of the run; false where the run ends before.
    func lasts(until moment: Duration) async throws -> Bool {
        let instant = self.start + moment
        while !self.hasEnded, ContinuousClock.now < instant {
            try await Task.sleep(until: min(instant, .now + Self.grain))
        }
        return !self.hasEnded
    }

    /// Takes down what an audit found, once for each audit.
    ///
    /// What only one audit has seen may be a moment's, and is no finding; what stands is one, by the log, too.
    ///
    /// - Parameters:
    ///   - audit: as `/api/debug/audit` has it.
    ///   - second: of the run.
    func audited(_ audit: DaemonJSON, at second: Int) {
        guard let at = audit["at"]?.text else { return }
        let findings = audit["findings"]?.elements.compactMap(\.text) ?? []
        let standing = self.audits.withLock { $0.standing(of: findings, at: at) }
        self.note { report in
            report.objects.audits += standing == nil ? 0 : 1
            for finding in findings where standing != nil { report.sights.saw(finding, at: second) }
            for finding in standing ?? [] { report.findings.saw(finding, at: second) }
        }
    }

    /// Takes down that a fault was ordered, or done.
    func broughtAbout(_ fault: SoakFault) {
        guard case .child(let child, let way) = fault, way != .slow else { return }
        let order = way == .hang ? \OrderedFailures.hung : \.thrown
        self.note { $0.restarts.ordered[child, default: OrderedFailures()][keyPath: order] += 1 }
    }

    /// Takes down that nobody knows whether a fault was ordered: it is about to be ordered again.
    func mayHaveBroughtAbout(_ fault: SoakFault) {
        guard case .child(let child, let way) = fault, way != .slow else { return }
        self.note { $0.restarts.ordered[child, default: OrderedFailures()].unsure += 1 }
    }

    /// Takes down what the end brought to light.
    func lost(_ losses: SoakLosses) {
        self.others.withLock { $0.add(losses) }
    }

    /// Takes down the ends that nobody heard though Brain saw each committed state; those of other captures than `wal`,
    /// which looks at times, are nobody's loss.
    ///
    /// - Parameters:
    ///   - gaps: when it may not have seen them.
    ///   - isLast: whether nobody hears anything any more.
    func judgeUnheardEnds(_ gaps: StreamGaps, isLast: Bool = false) {
        let (now, clock) = (Date().timeIntervalSince1970 * 1000, ContinuousClock.now)
        let ends = self.oracle.withLock { $0.takeUnheardEnds(isLast: isLast, now: clock) }
        guard self.note({ $0.setup.capture == "wal" }) else { return }
        var losses = SoakLosses()
        for (step, ages) in ends where !gaps.excuse(now - ages.upperBound...now - ages.lowerBound) {
            losses.add(.lostTerminal, SoakLoss(.lostTerminal, step, "heard by nobody, though each state was seen"))
        }
        self.lost(losses)
    }

    /// Takes down a fault that the soak could not bring about: what a run proves without it is not what was asked for.
    func couldNot(_ fault: SoakFault, _ why: String) {
        self.others.withLock { $0.add(kind: "fault not brought about", "\(fault): could not be brought about: \(why)") }
    }

    /// Takes down that the daemon isn't ready again, though it had all that time.
    func isNotReady(after fault: SoakFault, for time: Duration) {
        let seconds = Figure.number(time / .seconds(1))
        self.others.withLock { $0.add(kind: "not ready again", "\(fault): not ready again within \(seconds) s") }
    }

    /// Takes down a fault that is about to be brought about.
    ///
    /// - Returns: its number in the log.
    func began(_ planned: PlannedFault) -> Int {
        if let label = self.effect.withLock({ $0.began(planned, now: .now) }) { self.label(label) }
        let record = FaultRecord(at: self.seconds, kind: planned.kind.rawValue, description: "\(planned.fault)")
        return self.note { $0.faults.add(record) }
    }

    /// Has latencies count for no fault once the last one's effect is over; to be called each second.
    func tick(now: ContinuousClock.Instant) {
        if let label = self.effect.withLock({ $0.tick(now: now) }) { self.label(label) }
    }

    private func label(_ label: LatencyLabel) {
        self.oracle.withLock { $0.latencies.begin(label) }
    }

    /// Takes the latencies of the last interval.
    ///
    /// - Returns: nil where no message came.
    func takeLatencies() -> LatencySummary? {
        let taken = self.oracle.withLock { $0.latencies.take() }
        return taken.count > 0 ? LatencySummary(taken) : nil
    }

    /// The report as it would be if the run ended now, but for the verdict.
    ///
    /// - Parameter told: what the daemon's log has told.
    /// - Returns: not judged yet.
    func draft(_ told: RestartDesk) -> SoakReport {
        // Not the oracle itself: while a copy lives, the next change would copy all of it.
        let (losses, counts, latencies) = self.oracle.withLock { ($0.losses, $0.counts, $0.latencies.byLabel) }
        var report = self.note { $0 }
        report.losses = self.others.withLock { $0 }
        report.losses.add(losses)
        report.counts = SoakCounts(counts, seconds: report.ranSeconds)
        report.latency = LatencyReport(latencies)
        report.take(told)
        return report
    }
}

/// What the audit before found.
private struct AuditMemory: Sendable {
    private var lastAt: String?
    private var before: Set<String> = []

    /// Those that count; nil where this audit was taken down already.
    mutating func standing(of findings: [String], at: String) -> [String]? {
        guard at != self.lastAt else { return nil }
        defer { (self.lastAt, self.before) = (at, Set(findings)) }
        return findings.filter(self.before.contains)
    }
}
