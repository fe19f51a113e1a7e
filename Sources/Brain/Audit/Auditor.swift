package import Logging
import Supervision

/// The child `auditor`: looks, round by round, for what leaks, and puts right what stands.
///
/// What it does about a finding never follows from the first sight of it (`AuditHistory`).
package actor Auditor: Child {
    private let scene: AuditScene
    private let interval: Duration
    private let book: AuditBook
    private let logger: Logger

    /// Makes an Auditor that looks once per interval, and goes on where the book ends.
    package init(scene: AuditScene, interval: Duration, book: AuditBook, logger: Logger) {
        self.scene = scene
        self.interval = interval
        self.book = book
        self.logger = logger
    }

    /// Makes a round every interval until cancelled.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        started()
        while true {
            try await Task.sleep(for: self.interval)
            await self.audit()
            self.noteMemory()
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}

    /// Makes a round now.
    ///
    /// A finding that stands is logged as an error, and put right where that can be done.
    ///
    /// - Parameter now: the time, by which findings stand.
    /// - Returns: what was found, before anything was put right.
    @discardableResult
    package func audit(now: ContinuousClock.Instant = .now) async -> AuditReport {
        var evidence = await self.scene.gather(now: now)
        evidence.growth = self.book.growth
        let report = AuditReport(at: WallClock.milliseconds, findings: evidence.findings)
        let standing = self.book.note(report, unjudged: evidence.unjudged, now: now)
        for finding in standing { await self.deal(with: finding, evidence) }
        return report
    }

    private func deal(with finding: AuditFinding, _ evidence: AuditEvidence) async {
        let isReaped = await self.scene.reap(finding, by: evidence)
        if isReaped { self.book.reaped() }
        self.logger.log(
            .error,
            isReaped ? "audit finding stands: put right" : "audit finding stands",
            [.reason: "\(finding.text)", .advice: "\(finding.identity.kind.advice)"]
        )
    }

    /// Only the rounds that come by themselves are as far apart as the trend takes them to be.
    private func noteMemory() {
        self.giveMemoryBack()
        guard let sample = self.scene.memory() else { return }
        self.book.note(sample)
    }

    private func giveMemoryBack() {
        guard let resident = ResidentMemory.bytes, self.book.isReturnDue(resident: resident) else { return }
        ResidentMemory.release()
        self.book.gaveBack(resident: ResidentMemory.bytes ?? resident)
    }
}
