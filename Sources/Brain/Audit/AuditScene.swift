package import Supervision

/// What the Auditor looks at, and what it can put right there.
package struct AuditScene: Sendable {
    private let directory: SessionDirectory
    private let book: AdmissionBook
    private let tree: @Sendable () async -> ChildSnapshot?
    private let runs: @Sendable () -> Int

    /// How often evidence is gathered anew because a session came or went meanwhile.
    private static let attempts = 3

    /// Names all that is compared.
    ///
    /// - Parameters:
    ///   - directory: the sessions.
    ///   - book: the leases.
    ///   - tree: what the supervisor knows of its children; nil where there is none.
    ///   - runs: how many runs are known.
    package init(
        directory: SessionDirectory,
        book: AdmissionBook,
        tree: @escaping @Sendable () async -> ChildSnapshot? = { nil },
        runs: @escaping @Sendable () -> Int = { 0 }
    ) {
        self.directory = directory
        self.book = book
        self.tree = tree
        self.runs = runs
    }

    /// Gathers the evidence of a round, if it can while no session comes or goes.
    func gather() async -> AuditEvidence {
        var evidence = await self.gatherOnce()
        for _ in 1..<Self.attempts where !evidence.isStill { evidence = await self.gatherOnce() }
        return evidence
    }

    /// What the process takes; nil where /proc can't be read.
    func memory() -> MemoryTrend.Sample? {
        ResidentMemory.bytes.map {
            MemoryTrend.Sample(resident: $0, sessions: self.directory.count, runs: self.runs())
        }
    }

    private func gatherOnce() async -> AuditEvidence {
        let (before, directory) = (self.book.counts, self.directory.count)
        var shards: [ShardAudit] = []
        for shard in self.directory.shards { shards.append(await shard.audit()) }
        var evidence = AuditEvidence(shards: shards, directory: directory, leases: before.sessions)
        evidence.descriptors = Descriptors.count
        evidence.ailing = Self.ailing(await self.tree())
        let after = self.book.counts
        evidence.isStill =
            before.accepted == after.accepted && before.sessions == after.sessions && directory == self.directory.count
        return evidence
    }

    /// A child that starts has its deadline for that; one that gives no sign of life is restarting soon.
    private static func ailing(_ tree: ChildSnapshot?) -> [String: ChildState] {
        guard case .children(let children) = tree?.members else { return [:] }
        let ailing = children.filter { $0.state != .running && $0.state != .starting }.map { ($0.id, $0.state) }
        return Dictionary(ailing) { first, _ in first }
    }
}

// MARK: What is put right
extension AuditScene {
    /// Puts a finding right that stands.
    ///
    /// - Parameters:
    ///   - finding: what was found.
    ///   - evidence: by which it was found; counts are corrected only where nothing has moved since, and once every
    ///     single session is in order.
    /// - Returns: whether anything was done.
    func reap(_ finding: AuditFinding, by evidence: AuditEvidence) async -> Bool {
        switch finding.identity.kind {
        case .directory: evidence.isOrderly && self.directory.recount(to: evidence.open, from: evidence.directory)
        case .leases: await self.recountLeases(evidence)
        case .deadSession: await self.reap(finding) { shard, id in await shard.reapDead(id) }
        case .strayChannel: await self.reap(finding) { shard, id in await shard.reapStray(id) }
        case .miscounted: await self.reap(finding) { shard, id in await shard.reapMiscounted(id) }
        case .sockets, .descriptors, .lingering, .memory, .child: false
        }
    }

    private func recountLeases(_ evidence: AuditEvidence) async -> Bool {
        let before = self.book.counts
        let clients = await self.directory.reports().map(\.facts.client)
        guard evidence.isOrderly, clients.count == evidence.open else { return false }
        return self.book.recount(sessions: clients, unlessMovedSince: before)
    }

    private func reap(
        _ finding: AuditFinding,
        _ act: @Sendable (SessionShard, SessionID) async -> Bool
    ) async -> Bool {
        guard let id = SessionID(finding.identity.subject) else { return false }
        for shard in self.directory.shards where await act(shard, id) { return true }
        return false
    }
}
