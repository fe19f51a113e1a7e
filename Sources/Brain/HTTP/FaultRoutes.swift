import HTTPTypes
import HummingbirdCore
import Logging

/// `/api/debug/faults`: lets a part of Brain go wrong, for tests; there only with `BRAIN_ENABLE_FAULTS`.
struct FaultRoutes: Sendable {
    let faults: PlantedFaults
    let directory: SessionDirectory
    let logger: Logger

    func plant(_ request: Request) async throws -> Response {
        let order = try Self.order(await RequestBody.json(of: request))
        switch order.target {
        case .child(let child): return try self.plant(order, in: child)
        case .session(let session): return try await self.plant(order, inSession: session)
        }
    }

    private static func order(_ body: [UInt8]) throws(Problem) -> FaultOrder {
        do {
            return try FaultOrder.parse(body)
        } catch {
            throw Problem(.badRequest, error.reasons.joined(separator: "; "))
        }
    }

    /// Once the answer is on its way: a fault of the acceptor takes the connection along.
    private func plant(_ order: FaultOrder, in child: String) throws(Problem) -> Response {
        guard self.faults.knows(child) else { throw Problem(.badRequest, "The tree has no child of this name.") }
        return Response(
            status: .accepted,
            body: ResponseBody(contentLength: 0) { writer in
                try await writer.finish(nil)
                self.logger.log(.warning, "fault planted", [.child: "\(child)", .reason: "\(order.fault.rawValue)"])
                let strike = ChildFaults.Strike(fault: order.fault, delay: order.delay)
                self.faults.faults(of: child).plant(strike, times: order.times)
            }
        )
    }

    private func plant(_ order: FaultOrder, inSession name: String) async throws -> Response {
        let course = SessionAilment.Course(SessionAilment(order.fault), times: order.times, after: order.delay)
        guard let id = SessionID(name), await self.directory.afflict(id, with: course) else {
            throw Problem.noSession(name)
        }
        self.logger.log(.warning, "fault planted", [.session: "\(id)", .reason: "\(order.fault.rawValue)"])
        return Response(status: .accepted)
    }
}

extension SessionAilment {
    fileprivate init(_ fault: PlantedFault) {
        switch fault {
        case .failure: self = .failing(.planted)
        case .silence: self = .hanging
        case .slowness: self = .slow
        }
    }
}
