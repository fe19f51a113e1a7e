import Glibc
package import Logging
import Supervision

/// The child `auditor`: proves, round by round, that nothing leaks. It reports; it changes nothing.
package actor Auditor: Child {
    private let directory: SessionDirectory
    private let book: AdmissionBook
    private let interval: Duration
    private let logger: Logger
    private var standing: Set<String> = []
    /// The last round; nil before the first.
    package private(set) var last: AuditReport?

    /// Makes an Auditor that looks once per interval.
    package init(directory: SessionDirectory, book: AdmissionBook, interval: Duration, logger: Logger) {
        self.directory = directory
        self.book = book
        self.interval = interval
        self.logger = logger
    }

    /// Makes a round every interval until cancelled.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        started()
        while true {
            try await Task.sleep(for: self.interval)
            await self.audit()
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}

    /// Makes a round now.
    ///
    /// A finding that stood in the round before, too, is logged as an error.
    ///
    /// - Returns: what was found.
    @discardableResult
    package func audit() async -> AuditReport {
        let evidence = await self.gather()
        let report = AuditReport(at: WallClock.milliseconds, findings: evidence.findings)
        for finding in report.findings where self.standing.contains(finding) {
            self.logger.log(.error, "audit finding", [.reason: "\(finding)"])
        }
        self.standing = Set(report.findings)
        self.last = report
        return report
    }

    private func gather() async -> AuditEvidence {
        var shards: [ShardAudit] = []
        for shard in self.directory.shards { shards.append(await shard.audit()) }
        return AuditEvidence(
            shards: shards,
            directory: self.directory.count,
            leases: self.book.counts.sessions,
            sockets: Descriptors.sockets
        )
    }
}
