import HTTPTypes
import HummingbirdCore
import Supervision

/// What people ask to see what the daemon does: sessions, tree, audit.
struct DebugRoutes: Sendable {
    /// Contract §2 and §5.
    private static let pageDefault = 100
    private static let pageLimit = 1000

    let directory: SessionDirectory
    let book: AdmissionBook
    let limits: AdmissionLimits
    let snapshot: @Sendable () async -> ChildSnapshot?
    let audits: AuditBook
    let auditor: Room<Auditor>

    func sessions(_ target: RequestTarget) async throws -> Response {
        let limit = try target.number("limit", default: Self.pageDefault, in: 1...Self.pageLimit)
        let offset = try target.number("offset", default: 0, in: 0...Int.max)
        let order = try SessionOrder(target.query["sort"])
        let page = order.sorted(await self.directory.reports()).dropFirst(offset).prefix(limit)
        return .json(
            .object([
                ("count", .integer(self.directory.count)),
                ("limits", SessionJSON.limits(self.limits)),
                ("totals", SessionJSON.totals(await self.directory.totals(), self.book.counts)),
                ("sessions", .array(page.map(SessionJSON.report))),
                ("recently_closed", .array(await self.directory.recentlyClosed().map(SessionJSON.closed))),
                ("audit", self.lastAudit),
            ])
        )
    }

    func session(_ name: String, _ method: HTTPRequest.Method) async throws -> Response {
        guard let id = SessionID(name) else { throw Problem.noSession(name) }
        if method == .delete {
            guard await self.directory.close(id) else { throw Problem.noSession(name) }
            return Response(status: .noContent)
        }
        guard let report = await self.directory.report(of: id) else { throw Problem.noSession(name) }
        return .json(SessionJSON.report(report))
    }

    func tree() async -> Response {
        .json(await self.snapshot().map(Self.node) ?? .null)
    }

    func audit(_ method: HTTPRequest.Method) async throws -> Response {
        guard method == .post else { return .json(self.lastAudit) }
        guard let auditor = self.auditor.current else {
            throw Problem(.serviceUnavailable, "The Auditor is not running.")
        }
        return .json(await auditor.audit().json)
    }

    private var lastAudit: JSONValue { self.audits.last?.json ?? AuditReport.none }

    private static func node(_ child: ChildSnapshot) -> JSONValue {
        let members: (String, JSONValue) =
            switch child.members {
            case .children(let children): ("children", .array(children.map(Self.node)))
            case .count(let count): ("count", .integer(count))
            }
        return .object([
            ("id", .string(child.id)),
            ("state", .string(child.state.rawValue)),
            ("strategy", .optional(child.strategy?.rawValue)),
            ("restarts", .integer(child.restarts)),
            ("last_failure", .optional(child.lastFailure)),
            members,
        ])
    }
}

extension Problem {
    static func noSession(_ name: String) -> Self {
        Self(.notFound, "There is no open session of this name.")
    }
}

/// The order of the list of sessions, greatest first (contract §5).
private enum SessionOrder: String, CaseIterable {
    case age
    case queuedBytes = "queued_bytes"
    case bytesSent = "bytes_sent"
    case rtt

    init(_ text: String?) throws {
        guard let order = Self(rawValue: text ?? Self.age.rawValue) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.badRequest, "sort must be one of \(names).")
        }
        self = order
    }

    func sorted(_ reports: [SessionReport]) -> [SessionReport] {
        switch self {
        case .age: reports.sorted { $0.facts.id < $1.facts.id }
        case .queuedBytes: reports.sorted { $0.queuedBytes > $1.queuedBytes }
        case .bytesSent: reports.sorted { $0.counters.bytesSent > $1.counters.bytesSent }
        case .rtt: reports.sorted { $0.roundTrip ?? .zero > $1.roundTrip ?? .zero }
        }
    }
}
