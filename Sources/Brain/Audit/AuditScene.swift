package import Supervision

/// What the Auditor looks at, and what it can put right there.
package struct AuditScene: Sendable {
    private let directory: SessionDirectory
    private let book: AdmissionBook
    private let tree: @Sendable () async -> ChildSnapshot?
    private let runs: @Sendable () -> Int

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

    /// Gathers the evidence of a round, while sessions come and go.
    ///
    /// Nothing has to hold still for it. A shard's counts are of one turn of its event loop. A lease that was given before
    /// the census, and is neither found by it nor given back when all shards have answered, is nobody's: a session has its
    /// lease and its record from the same turn, and gives back both in one.
    func gather() async -> AuditEvidence {
        let census = self.book.beginCensus()
        var evidence = AuditEvidence(shards: [], census: census)
        for shard in self.directory.shards { evidence.shards.append(await shard.audit(census: census)) }
        evidence.leases = self.book.result(ofCensus: census)
        evidence.descriptors = Descriptors.count
        evidence.gone = await self.gone() - evidence.shards.reduce(0) { $0 + $1.gone - $1.dead.count }
        evidence.ailing = Self.ailing(await self.tree())
        return evidence
    }

    private func gone() async -> Int {
        var gone = 0
        for shard in self.directory.shards { gone += await shard.gone }
        return gone
    }

    /// What the process takes; nil where /proc can't be read.
    func memory() -> MemoryTrend.Sample? {
        ResidentMemory.bytes.map {
            MemoryTrend.Sample(resident: $0, sessions: self.directory.count, runs: self.runs())
        }
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
    ///   - evidence: by which it was found; counts are corrected only once every single session is in order.
    /// - Returns: whether anything was done.
    func reap(_ finding: AuditFinding, by evidence: AuditEvidence) async -> Bool {
        switch finding.identity.kind {
        case .directory: await self.recountSockets()
        case .leases: evidence.isOrderly && self.book.adopt(census: evidence.census)
        case .deadSession: await self.reap(finding) { shard, id in await shard.reapDead(id) }
        case .strayChannel: await self.reap(finding) { shard, id in await shard.reapStray(id) }
        case .miscounted: await self.reap(finding) { shard, id in await shard.reapMiscounted(id) }
        case .sockets, .descriptors, .lingering, .memory, .child: false
        }
    }

    private func recountSockets() async -> Bool {
        var isRecounted = false
        for shard in self.directory.shards where await shard.recountSockets() { isRecounted = true }
        return isRecounted
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
