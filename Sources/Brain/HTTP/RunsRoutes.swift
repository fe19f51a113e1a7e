import HTTPTypes
import HummingbirdCore
import Runs

/// `/api/runs` and `/api/runs/{id}`: reads and writes of the table; what is written comes back by the change feed.
struct RunsRoutes: Sendable {
    /// Contract §2.
    private static let pageDefault = 100
    private static let pageLimit = 1000

    let queries: RunsQueries

    func collection(_ request: Request, _ target: RequestTarget) async throws -> Response {
        guard request.method == .post else { return try await self.list(target) }
        let draft = try await Self.draft(request, for: .create)
        let row = try await Self.reporting { () throws(RunsQueryError) in try await self.queries.create(draft) }
        return .json(.raw(RunState.json(of: row)), status: .created)
    }

    func run(_ id: String, _ request: Request) async throws -> Response {
        let row: RunRow?
        if request.method == .patch {
            let draft = try await Self.draft(request, for: .patch)
            row = try await Self.reporting { () throws(RunsQueryError) in try await self.queries.patch(id: id, draft) }
        } else {
            row = try await Self.reporting { () throws(RunsQueryError) in try await self.queries.run(id: id) }
        }
        guard let row else { throw Problem.noRun }
        return .json(.raw(RunState.json(of: row)))
    }

    private func list(_ target: RequestTarget) async throws -> Response {
        let page = RunsPageRequest(
            status: try Self.status(target.query["status"]),
            taskID: target.query["task_id"],
            limit: try target.number("limit", default: Self.pageDefault, in: 1...Self.pageLimit),
            cursor: try Self.cursor(target.query["cursor"])
        )
        let found = try await Self.reporting { () throws(RunsQueryError) in try await self.queries.list(page) }
        return .json(
            .object([
                ("runs", .array(found.rows.map { .raw(RunState.json(of: $0)) })),
                ("next_cursor", .optional(found.next?.text)),
            ])
        )
    }

    private static func status(_ word: String?) throws -> RunStatus? {
        guard let word else { return nil }
        guard let status = RunStatus(word: word) else {
            throw Problem(.badRequest, "status must be queued, running, completed, failed, or a word for one of them.")
        }
        return status
    }

    private static func cursor(_ text: String?) throws -> RunCursor? {
        guard let text else { return nil }
        guard let cursor = RunCursor(text) else {
            throw Problem(.badRequest, "cursor must be the next_cursor of an earlier answer.")
        }
        return cursor
    }

    private static func draft(_ request: Request, for purpose: RunDraftPurpose) async throws -> RunDraft {
        let body = try await RequestBody.json(of: request)
        do {
            return try RunDraft.parse(body, for: purpose)
        } catch {
            throw Problem(.badRequest, error.faults.joined(separator: "; "))
        }
    }

    /// An error of the queries as a client is told it.
    private static func reporting<Answer>(
        _ query: () async throws(RunsQueryError) -> Answer
    ) async throws(Problem) -> Answer {
        do {
            return try await query()
        } catch {
            switch error {
            case .databaseAway: throw Problem.databaseAway()
            case .busy: throw Problem.busy
            case .conflict: throw Problem(.conflict, "\(error)")
            case .rejected(let reason): throw Problem(.badRequest, reason)
            case .notFound: throw Problem.noRun
            }
        }
    }
}

extension Problem {
    fileprivate static let noRun = Self(.notFound, "There is no run of this id.")

    fileprivate static let busy = {
        var problem = Self(.serviceUnavailable, "The database is busy.")
        problem.headers[.retryAfter] = "1"
        return problem
    }()
}
