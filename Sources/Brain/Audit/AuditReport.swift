/// What one round of the Auditor found.
package struct AuditReport: Sendable {
    /// The wall clock at the round, in milliseconds since the epoch.
    package let at: Int64
    /// What should not be; empty: all is well.
    package let findings: [AuditFinding]

    var json: JSONValue {
        .object([
            ("at", .time(self.at)),
            ("ok", .bool(self.findings.isEmpty)),
            ("findings", .array(self.findings.map { .string($0.text) })),
        ])
    }

    /// Before the first round nothing is known.
    static let none = JSONValue.object([("at", .null), ("ok", .null), ("findings", .array([]))])
}

/// What all audits of the process came to.
package struct AuditTotals: Sendable, Equatable {
    /// Rounds that were made.
    package var rounds = 0
    /// Findings, counted anew in each round.
    package var findings = 0
    /// Those among them that stood.
    package var standing = 0
    /// What was put right: sessions ended, sockets closed, counts corrected.
    package var reaped = 0

    /// Counts nothing yet.
    package init() {}
}
