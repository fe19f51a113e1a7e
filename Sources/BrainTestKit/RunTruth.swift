import Postgres

/// The table `runs` as clients are to know it, worked out by the server alone: no code of the daemon's has a part in it.
struct RunTruth: Sendable {
    /// The ids of rows that belong to the test's own doings begin so.
    static let markPrefix = "mark-"

    /// The `data` of each run with a known status word, by its id (contract §3.1).
    let data: [String: String]
    /// The progress of each run that has one, cut to a whole number.
    let steps: [String: Int]

    static func read(on connection: Connection) async throws -> RunTruth {
        let rows = try await connection.query(Self.statement, [], timeout: .seconds(20))
        var data: [String: String] = [:]
        var steps: [String: Int] = [:]
        for row in 0..<rows.count {
            guard let id = rows[row, 0] else { continue }
            data[id] = rows[row, 1]
            steps[id] = rows[row, 2].flatMap { Int($0) }
        }
        return RunTruth(data: data, steps: steps)
    }

    /// By way of `to_jsonb`, so that a column that isn't there is NULL; the words are those of contract §3.3.
    private static let statement = """
        SELECT r->>'id', json_strip_nulls(json_build_object(
                'id', r->>'id', 'status', word.meaning, 'progress', trim_scale((r->>'progress')::numeric),
                'task_id', r->>'task_id', 'agent', r->>'agent', 'started_at', \(Self.time("started_at")),
                'completed_at', \(Self.time("completed_at")), 'error', r->>'error'
            )), trunc((r->>'progress')::numeric)
        FROM (SELECT to_jsonb(runs) FROM runs) AS rows(r) JOIN (VALUES
            ('queued', 'queued'), ('pending', 'queued'), ('running', 'running'), ('in_progress', 'running'),
            ('completed', 'completed'), ('success', 'completed'), ('succeeded', 'completed'), ('done', 'completed'),
            ('failed', 'failed'), ('error', 'failed'), ('timeout', 'failed'), ('cancelled', 'failed'),
            ('canceled', 'failed')
        ) AS word(text, meaning) ON word.text = lower(r->>'status') WHERE r->>'id' NOT LIKE '\(Self.markPrefix)%'
        """

    private static func time(_ column: String) -> String {
        """
        to_char(date_trunc('milliseconds', (r->>'\(column)')::timestamptz) AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        """
    }
}
