/// Tells findings that stand from those that are over in the next round.
///
/// | a finding | is |
/// | --- | --- |
/// | of this round alone | new: it may be a session on its way in or out |
/// | of this round and the one before, and as old as it takes to settle | standing: logged, and put right |
/// | of a kind that this round could tell nothing about | neither: the next round goes on from the one before |
///
/// Pure. Two rounds in quick succession are not enough: whoever asks for them must not have anything reaped that is well.
struct AuditHistory: Sendable {
    /// How old a standing finding is at least, unless rounds follow each other faster.
    private static let settling = Duration.seconds(5)

    private let settling: Duration
    private var firstSeen: [AuditFinding.Identity: ContinuousClock.Instant] = [:]

    /// - Parameter interval: between two rounds.
    init(interval: Duration) {
        self.settling = min(interval, Self.settling)
    }

    /// Takes the findings of a round.
    ///
    /// - Parameters:
    ///   - findings: of this round.
    ///   - unjudged: kinds that this round could tell nothing about.
    ///   - now: the time of the round, not before that of the last one.
    /// - Returns: those that stand.
    mutating func note(
        _ findings: [AuditFinding],
        unjudged: Set<AuditFinding.Kind> = [],
        now: ContinuousClock.Instant
    ) -> [AuditFinding] {
        let before = self.firstSeen
        self.firstSeen = before.filter { unjudged.contains($0.key.kind) }
        for finding in findings { self.firstSeen[finding.identity] = before[finding.identity] ?? now }
        return findings.filter { finding in
            before[finding.identity].map { now - $0 >= self.settling } ?? false
        }
    }
}
