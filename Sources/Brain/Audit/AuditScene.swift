package import Supervision

/// What the Auditor looks at, and what it can put right there.
package struct AuditScene: Sendable {
    private let directory: SessionDirectory
    private let book: AdmissionBook
    private let tree: @Sendable () async -> ChildSnapshot?
    private let runs: @Sendable () -> Int
    private let frames: @Sendable () -> FrameFlow?
    private let openBefore: Int

    /// Names all that is compared.
    ///
    /// - Parameters:
    ///   - directory: the sessions.
    ///   - book: the leases.
    ///   - tree: what the supervisor knows of its children; nil where there is none.
    ///   - runs: how many runs are known.
    ///   - frames: what is on its way to the sessions; nil where that isn't known.
    ///   - openBefore: descriptors that were open before the first session came.
    package init(
        directory: SessionDirectory,
        book: AdmissionBook,
        tree: @escaping @Sendable () async -> ChildSnapshot? = { nil },
        runs: @escaping @Sendable () -> Int = { 0 },
        frames: @escaping @Sendable () -> FrameFlow? = { nil },
        openBefore: Int = 0
    ) {
        self.directory = directory
        self.book = book
        self.tree = tree
        self.runs = runs
        self.frames = frames
        self.openBefore = openBefore
    }

    /// Gathers the evidence of a round, while sessions come and go.
    ///
    /// Nothing has to hold still for it. A shard's counts are of one turn of its event loop. A lease that was given before
    /// the census, and is neither found by it nor given back when all shards have answered, is nobody's: a session has its
    /// lease and its record from the same turn, and gives back both in one.
    ///
    /// - Parameter now: the time.
    /// - Returns: all that is compared.
    func gather(now: ContinuousClock.Instant = .now) async -> AuditEvidence {
        let (census, flow) = (self.book.beginCensus(), self.frames())
        var evidence = AuditEvidence(shards: [], census: census)
        for shard in self.directory.shards { evidence.shards.append(await shard.audit(census: census, now: now)) }
        evidence.leases = self.book.result(ofCensus: census)
        evidence.keptBytes = self.keptBytes(since: flow, evidence.shards)
        evidence.descriptors = Descriptors.count
        let counts = self.book.counts
        evidence.otherDescriptors = AuditEvidence.otherDescriptors(limit: Descriptors.limit)
        evidence.accounted = counts.sessions + counts.connections + self.openBefore
        evidence.gone = await self.gone() - evidence.shards.reduce(0) { $0 + $1.gone - $1.dead.count }
        evidence.ailing = Self.ailing(await self.tree())
        return evidence
    }

    /// Only where nothing was on its way, and nothing has come since, is it known whom all frames wait for.
    private func keptBytes(since flow: FrameFlow?, _ shards: [ShardAudit]) -> Int? {
        guard let flow, flow.unacknowledged == 0, flow == self.frames(), shards.allSatisfy(\.isIdle) else { return nil }
        return flow.bytes
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
        case .handlerless: await self.reap(finding) { shard, id in await shard.reapHandlerless(id) }
        case .misplaced: await self.reap(finding) { shard, id in await shard.reapMisplaced(id) }
        case .miscounted: await self.reap(finding) { shard, id in await shard.reapMiscounted(id) }
        case .sockets, .descriptors, .keptFrames, .lingering, .memory, .child: false
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

/// What is on its way from the ledger to the sessions, at one moment.
package struct FrameFlow: Sendable, Equatable {
    /// Of all frames that anything holds.
    let bytes: Int
    /// Messages that not all shards have acknowledged.
    let unacknowledged: Int
    /// The number of the last message.
    let lastNumber: UInt64
}
