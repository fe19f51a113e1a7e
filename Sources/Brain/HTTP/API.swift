import HTTPTypes
import HummingbirdCore
import Logging

/// Answers every request that is no upgrade (contract §2): the door's verdict first, then route, method, body.
struct API: Sendable {
    private let health: HealthRoutes
    private let runs: RunsRoutes
    private let debug: DebugRoutes
    private let faults: FaultRoutes?
    private let logger: Logger

    /// Gathers what the routes need; without `faults` there is no such route.
    init(health: HealthRoutes, runs: RunsRoutes, debug: DebugRoutes, faults: FaultRoutes?, logger: Logger) {
        self.health = health
        self.runs = runs
        self.debug = debug
        self.faults = faults
        self.logger = logger
    }

    /// The answer to a request; an error of any kind is a problem in JSON.
    ///
    /// - Parameters:
    ///   - request: what came in.
    ///   - connection: where it came in, with the door's verdict.
    /// - Returns: the whole answer.
    func respond(_ request: Request, on connection: ClientConnection) async -> Response {
        var response: Response
        do {
            response = try await self.judged(request, connection.nextVerdict())
        } catch let problem as Problem {
            response = problem.response
        } catch {
            self.logger.log(.error, "request failed", [.path: "\(request.uri.path)", .reason: "\(error)"])
            response = Problem(.internalServerError, "The request failed; the log says why.").response
        }
        if request.headers[.connection]?.lowercased() == "close" { response.headers[.connection] = "close" }
        response.headers[.date] = HTTPDate.text(seconds: WallClock.milliseconds / 1000)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func judged(_ request: Request, _ verdict: ClientConnection.Verdict?) async throws -> Response {
        switch verdict {
        case .refused(let refusal): throw Problem(refusal)
        case .malformedUpgrade(let reason): throw Problem(.badRequest, reason)
        case .upgradeRequired: throw Problem.upgradeRequired
        case .admitted: return try await self.routed(request)
        case nil: throw Problem.unreadable
        }
    }

    private func routed(_ request: Request) async throws -> Response {
        let target = RequestTarget(request.head.path ?? "")
        guard let route = Route(target), route != .faults || self.faults != nil else { throw Problem.notFound }
        guard route.methods.contains(request.method) else { throw Problem.methodNotAllowed(route.methods) }
        switch route {
        case .health: return self.health.health()
        case .ready: return self.health.ready()
        case .runs: return try await self.runs.collection(request, target)
        case .run(let id): return try await self.runs.run(id, request)
        case .sessions: return try await self.debug.sessions(target)
        case .session(let id): return try await self.debug.session(id, request.method)
        case .tree: return await self.debug.tree()
        case .audit: return try await self.debug.audit(request.method)
        case .faults: return try await self.faults?.plant(request) ?? Problem.notFound.response
        case .socket: throw Problem.upgradeRequired
        }
    }
}
