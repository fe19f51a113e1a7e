import Synchronization

/// What the rounds of the Auditor came to.
///
/// It belongs to the tree, not to the Auditor: one that restarts goes on with what its predecessor saw. Otherwise a
/// finding would never stand, and memory never be seen to grow, where the Auditor itself fails now and then.
package final class AuditBook: Sendable {
    struct Entries: Sendable {
        /// The last round; nil before the first.
        var last: AuditReport?
        var totals = AuditTotals()
        var history: AuditHistory
        var trend = MemoryTrend()
        var memoryReturn = MemoryReturn()
    }

    private let entries: Mutex<Entries>

    /// Makes an empty book.
    ///
    /// - Parameter interval: between two rounds.
    package init(interval: Duration) {
        self.entries = Mutex(Entries(history: AuditHistory(interval: interval)))
    }

    /// The last round; nil before the first.
    package var last: AuditReport? { self.entries.withLock(\.last) }
    /// What all rounds came to.
    package var totals: AuditTotals { self.entries.withLock(\.totals) }
    /// See ``MemoryTrend/growth``.
    var growth: Int? { self.entries.withLock(\.trend.growth) }

    /// Takes a round down.
    ///
    /// - Parameters:
    ///   - report: what it found.
    ///   - unjudged: what it could tell nothing about.
    ///   - now: the time of the round.
    /// - Returns: the findings that stand.
    func note(
        _ report: AuditReport,
        unjudged: Set<AuditFinding.Kind> = [],
        now: ContinuousClock.Instant
    ) -> [AuditFinding] {
        self.entries.withLock { entries in
            let standing = entries.history.note(report.findings, unjudged: unjudged, now: now)
            entries.last = report
            entries.totals.rounds += 1
            entries.totals.findings += report.findings.count
            entries.totals.standing += standing.count
            return standing
        }
    }

    /// Counts a finding that was put right.
    func reaped() {
        self.entries.withLock { $0.totals.reaped += 1 }
    }

    /// Takes down what the process held in a round.
    func note(_ sample: MemoryTrend.Sample) {
        self.entries.withLock { $0.trend.add(sample) }
    }

    /// Whether memory is to be given back; see ``MemoryReturn/isDue(resident:)``.
    func isReturnDue(resident: Int) -> Bool {
        self.entries.withLock { $0.memoryReturn.isDue(resident: resident) }
    }

    /// Takes down what the process holds after giving back, in bytes.
    func gaveBack(resident: Int) {
        self.entries.withLock { $0.memoryReturn.gaveBack(resident: resident) }
    }
}
