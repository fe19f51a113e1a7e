package import Supervision

/// All that a round compares: the same sessions counted in different places, and what the process takes.
package struct AuditEvidence: Sendable {
    /// What each shard says.
    package var shards: [ShardAudit]
    /// The number of the census in which the leases were counted.
    package var census = 0
    /// What that came to; nil where another one has begun meanwhile.
    package var leases: CensusResult?
    /// Sessions that lost their socket between the shards' answers and the count of the descriptors, or sooner.
    package var gone = 0
    /// What the process holds open, by /proc; nil where that can't be read.
    package var descriptors: Descriptors.Count?
    /// What may be open after that: sessions, those on their way in or out, and what was open before the first.
    package var accounted = 0
    /// What may be open beside that.
    package var otherDescriptors = Self.otherDescriptors(limit: nil)
    /// Bytes of frames that wait for nobody; nil where some may be on their way.
    package var keptBytes: Int?
    /// The children of the tree that aren't running, by their ids.
    package var ailing: [String: ChildState] = [:]
    /// What the process has taken more and more of, in bytes; nil where it hasn't.
    package var growth: Int?

    /// How long an actor may outlive its session: a delivery that was under way holds it.
    package static let grace = Duration.seconds(5)
    /// Descriptors that nothing accounts for: PostgreSQL's, logs, connections that are accepted and not counted yet.
    ///
    /// - Parameter limit: how many there may be in all; nil where that isn't known.
    /// - Returns: a quarter of that at most, so that a leak is found before it has all of them.
    static func otherDescriptors(limit: Int?) -> Int { min(1024 + 128, (limit ?? .max) / 4) }

    /// Sessions by the shards' records.
    package var open: Int { self.shards.reduce(0) { $0 + $1.open } }

    /// Whether every session has its socket, and every socket its session.
    var isOrderly: Bool { self.shards.allSatisfy(\.isOrderly) }

    /// What can't be told this time; that it isn't among the findings says nothing.
    ///
    /// Not of frames that are kept: two looks with many messages between them are two different frames.
    var unjudged: Set<AuditFinding.Kind> {
        var kinds: Set<AuditFinding.Kind> = []
        if self.leases == nil { kinds.insert(.leases) }
        if self.descriptors == nil { kinds.formUnion([.sockets, .descriptors]) }
        return kinds
    }

    /// What doesn't agree, or is too much.
    ///
    /// Only what stands is to be believed: see `AuditHistory`.
    package var findings: [AuditFinding] {
        let sessions = self.shards.flatMap { Self.findings(of: $0) }
        return self.countFindings + sessions + self.childFindings + self.processFindings
    }

    private var childFindings: [AuditFinding] {
        self.ailing.sorted { $0.key < $1.key }.map { child, state in
            AuditFinding(.child, of: child, "child \(child) is \(state.rawValue)")
        }
    }

    private var countFindings: [AuditFinding] {
        let (open, counted) = (self.open, self.shards.reduce(0) { $0 + $1.counted })
        var findings: [AuditFinding] = []
        if open != counted {
            findings.append(AuditFinding(.directory, "shards hold \(open) sessions, the directory \(counted)"))
        }
        if let leases = self.leaseFinding { findings.append(leases) }
        if let sockets = self.descriptors?.sockets, sockets < open - self.gone {
            findings.append(AuditFinding(.sockets, "\(open) sessions, but only \(sockets) sockets in the process"))
        }
        return findings
    }

    private var leaseFinding: AuditFinding? {
        let bare = self.open - self.shards.reduce(0) { $0 + $1.leased }
        guard let leases = self.leases, leases.counted != leases.found || bare > 0 else { return nil }
        let text = "sessions hold \(leases.found) leases, the governor counts \(leases.counted)"
        return AuditFinding(.leases, bare > 0 ? text + ", and \(bare) sessions have none" : text)
    }

    private var processFindings: [AuditFinding] {
        var findings: [AuditFinding] = []
        if let all = self.descriptors?.all, all - max(self.open, self.accounted) > self.otherDescriptors {
            findings.append(AuditFinding(.descriptors, "\(all) descriptors for \(self.open) sessions"))
        }
        if let bytes = self.keptBytes, bytes > 0 {
            findings.append(AuditFinding(.keptFrames, "\(bytes) bytes of frames are held, and wait for nobody"))
        }
        if let growth = self.growth {
            findings.append(AuditFinding(.memory, "\(growth >> 20) MiB more memory, without more sessions or runs"))
        }
        return findings
    }

    private static func findings(of shard: ShardAudit) -> [AuditFinding] {
        func findings(_ kind: AuditFinding.Kind, _ ids: [SessionID], _ text: (SessionID) -> String) -> [AuditFinding] {
            ids.map { AuditFinding(kind, of: "\($0)", text($0)) }
        }
        let dead = findings(.deadSession, shard.dead) { "session \($0) has no socket any more" }
        let strays = findings(.strayChannel, shard.strays) { "the socket of \($0) has no session any more" }
        let bare = findings(.handlerless, shard.handlerless) { "session \($0) has no handler at its socket" }
        let lost = findings(.misplaced, shard.misplaced) { "session \($0) is in no place, or in a wrong one" }
        let wrong = findings(.miscounted, shard.miscounted) { "session \($0) counts its waiting bytes wrongly" }
        return dead + strays + bare + lost + wrong
            + shard.lingering.filter { $0.age > Self.grace }.map { Self.finding($0) }
    }

    private static func finding(_ session: LingeringSession) -> AuditFinding {
        let seconds = session.age.components.seconds
        return AuditFinding(
            .lingering,
            of: "\(session.id)",
            "session \(session.id) ended \(seconds) s ago, and its actor is still alive"
        )
    }
}
