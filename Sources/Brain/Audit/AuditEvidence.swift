package import Supervision

/// All that a round compares: the same sessions counted in different places, and what the process takes.
package struct AuditEvidence: Sendable {
    /// What each shard says.
    package var shards: [ShardAudit]
    /// Sessions by the directory's count.
    package var directory: Int
    /// Sessions by the governor's leases.
    package var leases: Int
    /// What the process holds open, by /proc; nil where that can't be read.
    package var descriptors: Descriptors.Count?
    /// The children of the tree that aren't running, by their ids.
    package var ailing: [String: ChildState] = [:]
    /// What the process has taken more and more of, in bytes; nil where it hasn't.
    package var growth: Int?
    /// Whether no session came or went while the evidence was gathered: else counts can't be compared.
    package var isStill = true

    /// How long an actor may outlive its session: a delivery that was under way holds it.
    package static let grace = Duration.seconds(5)
    /// What is set aside for all that is no session: connections on their way in, PostgreSQL, logs.
    package static let otherDescriptors = 1024 + 128

    /// Sessions by the shards' records.
    package var open: Int { self.shards.reduce(0) { $0 + $1.open } }

    /// Whether every session has its socket, and every socket its session.
    var isOrderly: Bool { self.shards.allSatisfy { $0.dead.isEmpty && $0.strays.isEmpty } }

    /// What doesn't agree, or is too much.
    ///
    /// Only what stands is to be believed: see `AuditHistory`.
    package var findings: [AuditFinding] {
        let counts = self.isStill ? self.countFindings : []
        let sessions = self.shards.flatMap { Self.findings(of: $0) }
        return counts + sessions + self.childFindings + self.processFindings
    }

    private var childFindings: [AuditFinding] {
        self.ailing.sorted { $0.key < $1.key }.map { child, state in
            AuditFinding(.child, of: child, "child \(child) is \(state.rawValue)")
        }
    }

    private var countFindings: [AuditFinding] {
        let open = self.open
        var findings: [AuditFinding] = []
        if open != self.directory {
            findings.append(AuditFinding(.directory, "shards hold \(open) sessions, the directory \(self.directory)"))
        }
        if open != self.leases {
            findings.append(AuditFinding(.leases, "shards hold \(open) sessions, the governor \(self.leases) leases"))
        }
        if let sockets = self.descriptors?.sockets, sockets < open {
            findings.append(AuditFinding(.sockets, "\(open) sessions, but only \(sockets) sockets in the process"))
        }
        return findings
    }

    private var processFindings: [AuditFinding] {
        var findings: [AuditFinding] = []
        if let all = self.descriptors?.all, all - self.open > Self.otherDescriptors {
            findings.append(AuditFinding(.descriptors, "\(all) descriptors for \(self.open) sessions"))
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
        let wrong = findings(.miscounted, shard.miscounted) { "session \($0) counts its waiting bytes wrongly" }
        return dead + strays + wrong + shard.lingering.filter { $0.age > Self.grace }.map { Self.finding($0) }
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
