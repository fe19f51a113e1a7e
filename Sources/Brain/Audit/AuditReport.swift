/// What one round of the Auditor found.
package struct AuditReport: Sendable {
    /// The wall clock at the round, in milliseconds since the epoch.
    package let at: Int64
    /// What should not be, in words that name what to look at; empty: all is well.
    package let findings: [String]

    var json: JSONValue {
        .object([
            ("at", .time(self.at)),
            ("ok", .bool(self.findings.isEmpty)),
            ("findings", .array(self.findings.map { .string($0) })),
        ])
    }

    /// Before the first round nothing is known.
    static let none = JSONValue.object([("at", .null), ("ok", .null), ("findings", .array([]))])
}

/// All that a round compares: the same sessions, counted in different places.
package struct AuditEvidence: Sendable {
    /// What each shard says.
    package var shards: [ShardAudit]
    /// Sessions by the directory's count.
    package var directory: Int
    /// Sessions by the governor's leases.
    package var leases: Int
    /// Sockets that the process holds, by /proc; nil where that can't be read.
    package var sockets: Int?

    /// How long an actor may outlive its session: a delivery that was under way holds it.
    package static let grace = Duration.seconds(5)

    /// What doesn't agree.
    ///
    /// A session that comes or goes while the evidence is gathered may make a difference for one round: only
    /// what stands twice is to be believed.
    package var findings: [String] {
        let open = self.shards.reduce(0) { $0 + $1.open }
        var findings: [String] = []
        if open != self.directory { findings.append("shards hold \(open) sessions, the directory \(self.directory)") }
        if open != self.leases { findings.append("shards hold \(open) sessions, the governor \(self.leases) leases") }
        if let sockets = self.sockets, sockets < open {
            findings.append("\(open) sessions, but only \(sockets) sockets in the process")
        }
        for shard in self.shards { findings += Self.findings(of: shard) }
        return findings
    }

    private static func findings(of shard: ShardAudit) -> [String] {
        shard.dead.map { "session \($0) has no socket any more" }
            + shard.miscounted.map { "session \($0) counts its waiting bytes wrongly" }
            + shard.lingering.filter { $0.age > Self.grace }
            .map { "session \($0.id) has ended and its actor is still alive" }
    }
}
