/// The list of sessions as JSON: every field is always there (contract §5).
enum SessionJSON {
    static func report(_ report: SessionReport) -> JSONValue {
        .object([
            ("id", .string("\(report.facts.id)")),
            ("state", .string(report.state)),
            ("peer", .string(report.facts.peer)),
            ("client_ip", .string("\(report.facts.client)")),
            ("origin", .optional(report.facts.origin)),
            ("user_agent", .optional(report.facts.userAgent)),
            ("connected_at", .time(report.facts.connectedAt)),
            ("age_seconds", .seconds(report.age)),
            ("messages_sent", .integer(report.counters.messagesSent)),
            ("bytes_sent", .integer(report.counters.bytesSent)),
            ("messages_received", .integer(report.counters.messagesReceived)),
            ("conflated", .integer(report.counters.conflated)),
            ("queued_runs", .integer(report.queuedRuns)),
            ("queued_bytes", .integer(report.queuedBytes)),
            ("oldest_queued_ms", .integer(Int(report.oldestQueued / .milliseconds(1)))),
            ("last_write_ms_ago", report.lastWriteAgo.map { .integer(Int($0 / .milliseconds(1))) } ?? .null),
            ("rtt_ms", report.roundTrip.map { .milliseconds($0) } ?? .null),
            ("restarts", .integer(report.restarts)),
        ])
    }

    static func closed(_ session: ClosedSession) -> JSONValue {
        .object([
            ("id", .string("\(session.facts.id)")),
            ("client_ip", .string("\(session.facts.client)")),
            ("closed_at", .time(session.closedAt)),
            ("code", .integer(Int(session.code))),
            ("reason", .string(session.reason)),
            ("age_seconds", .seconds(session.age)),
        ])
    }

    static func limits(_ limits: AdmissionLimits) -> JSONValue {
        .object([
            ("max_connections", .integer(limits.sessions)),
            ("max_connections_per_ip", .integer(limits.sessionsPerAddress)),
        ])
    }

    static func totals(_ totals: SessionTotals, _ counts: AdmissionCounts) -> JSONValue {
        .object([
            ("accepted", .integer(totals.accepted)),
            ("rejected", .integer(counts.rejected.values.reduce(0, +))),
            ("evicted", .integer(totals.evicted)),
            ("restarted", .integer(totals.restarted)),
            ("closed", .integer(totals.closed)),
            ("messages_sent", .integer(totals.counters.messagesSent)),
            ("bytes_sent", .integer(totals.counters.bytesSent)),
            ("conflated", .integer(totals.counters.conflated)),
        ])
    }
}
