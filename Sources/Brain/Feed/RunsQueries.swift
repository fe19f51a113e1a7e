import FoundationEssentials
import Postgres
package import Runs

/// The HTTP API's reads and writes of runs, on connections of their own.
///
/// At most four connections are used at once, and 64 calls may wait for one. A call ends within about 10 s, the waiting
/// apart. What it writes is pushed by the change feed like any other change.
package struct RunsQueries: Sendable {
    private static let timeout = Duration.seconds(8)
    private let pool: QueryPool

    /// Connects at the first call.
    ///
    /// - Parameter session: opens the connections, on a thread that no capture uses.
    package init(session: FeedSession) {
        self.pool = QueryPool(session: session)
    }

    /// Runs by their time, those without one first, then the latest, then by id.
    ///
    /// - Parameter request: which ones.
    /// - Returns: at most as many as asked for.
    /// - Throws: `databaseAway`, `busy`, or `rejected` for a cursor of another table.
    package func list(_ request: RunsPageRequest) async throws(RunsQueryError) -> RunsPage {
        let rows = try await self.pool.use { place in
            try await Self.rows(place.table.page(request), on: place)
        }
        return RunsPage(rows, limit: request.limit)
    }

    /// One run.
    ///
    /// - Parameter id: any text.
    /// - Returns: the run; nil where there is none, as for an id that the column can't hold.
    /// - Throws: `databaseAway` or `busy`.
    package func run(id: String) async throws(RunsQueryError) -> RunRow? {
        try await self.pool.use { place in
            do {
                return try await Self.rows(place.table.selectOne(id), on: place).first
            } catch let error as PostgresError where error.isUnfitText {
                return nil
            }
        }
    }

    /// Makes a run; an id is made where neither the draft nor the column gives one.
    ///
    /// - Parameter draft: from ``RunDraft/parse(_:for:)``.
    /// - Returns: the run as it is in the table.
    /// - Throws: every ``RunsQueryError`` but `notFound`.
    package func create(_ draft: RunDraft) async throws(RunsQueryError) -> RunRow {
        let newID = UUID().uuidString.lowercased()
        let row = try await self.pool.use { place in
            try await Self.rows(place.table.insert(draft, newID: newID), on: place).first
        }
        guard let row else {
            throw .rejected("the database made no row of it: a trigger or rule of the table's own took it away")
        }
        return row
    }

    /// Changes a run; a draft that names nothing reads it.
    ///
    /// - Parameters:
    ///   - id: any text.
    ///   - draft: from ``RunDraft/parse(_:for:)``.
    /// - Returns: the run as it is now.
    /// - Throws: any ``RunsQueryError``.
    package func patch(id: String, _ draft: RunDraft) async throws(RunsQueryError) -> RunRow {
        // An id that the column can't hold is unknown, not a value that doesn't fit.
        guard let row = try await self.run(id: id) else {
            throw .notFound
        }
        guard !draft.named.isEmpty else {
            return row
        }
        let changed = try await self.pool.use { place in
            try await Self.rows(place.table.update(id, draft), on: place).first
        }
        guard let changed else {
            throw .notFound
        }
        return changed
    }

    private static func rows(_ statement: Statement, on place: QueryPool.Place) async throws -> [RunRow] {
        let rows = try await place.connection.query(statement.text, statement.parameters, timeout: Self.timeout)
        return (0..<rows.count).compactMap { RunRow(rows, row: $0, from: 0) }
    }
}

/// Which runs are asked for.
package struct RunsPageRequest: Sendable {
    /// The words of the asked status, in lower case; nil for any.
    let status: [String]?
    /// A task; nil for any.
    let taskID: String?
    /// At most so many.
    let limit: Int
    /// Where the page before ended.
    let cursor: RunCursor?

    /// A request for one page.
    ///
    /// - Parameters:
    ///   - status: every word that means it counts (contract §3.3); nil for any.
    ///   - taskID: nil for any.
    ///   - limit: brought to 1…1000; the default is 100.
    ///   - cursor: the page before's ``RunsPage/next``; nil for the first page.
    package init(status: RunStatus? = nil, taskID: String? = nil, limit: Int = 100, cursor: RunCursor? = nil) {
        self.status = status.map { RunStatus.words(meaning: $0) }
        self.taskID = taskID
        self.limit = min(max(1, limit), 1000)
        self.cursor = cursor
    }
}

/// Some runs, and where the next ones are.
package struct RunsPage: Sendable, Equatable {
    /// In the order asked for.
    package let rows: [RunRow]
    /// Nil where these are the last.
    package let next: RunCursor?

    init(_ found: [RunRow], limit: Int) {
        self.rows = Array(found.prefix(limit))
        let last = found.count > limit ? self.rows.last : nil
        self.next = last.map { RunCursor(startedAt: $0.startedAt, id: $0.id) }
    }
}
