import BrainTestKit

/// The daemon's HTTP API as the soak uses it: over a connection for each request, from an address no client has.
struct DaemonAPI: Sendable {
    /// Where the daemon listens.
    let port: Int

    private static let address = "127.0.0.200"
    /// As long as the daemon stands still at most; what takes longer counts as no answer.
    private static let patience = Duration.seconds(4)

    /// Whether the change feed is live; false also where there is no answer.
    func isReady() async -> Bool {
        (try? await self.send("GET", "/api/ready").status) == 200
    }

    /// How the daemon captures now; nil where it isn't ready, or gives no answer.
    func capture() async -> String? {
        try? await self.json("/api/ready")["capture"]?.text
    }

    /// The JSON at a path.
    func json(_ target: String) async throws -> DaemonJSON {
        try await self.expect(200, "GET", target).json
    }

    /// Has the Auditor make a round.
    ///
    /// - Returns: its report.
    /// - Throws: where there is no answer, or another than 200.
    func audit() async throws -> DaemonJSON {
        try await self.expect(200, "POST", "/api/debug/audit").json
    }

    /// Orders a fault.
    ///
    /// - Parameters:
    ///   - fault: `throw`, `hang` or `slow`.
    ///   - child: in which.
    /// - Throws: where the order isn't taken.
    func plant(_ fault: String, in child: String) async throws {
        try await self.expect(202, "POST", "/api/debug/faults", #"{"child":"\#(child)","fault":"\#(fault)"}"#)
    }

    /// Orders a fault of a session.
    ///
    /// - Returns: false where the session is gone already.
    func plant(_ fault: String, inSession id: String) async throws -> Bool {
        let body = #"{"child":"session","session":"\#(id)","fault":"\#(fault)"}"#
        return try await self.send("POST", "/api/debug/faults", body).status == 202
    }

    @discardableResult
    private func expect(
        _ status: Int,
        _ method: String,
        _ target: String,
        _ body: String? = nil
    ) async throws -> DaemonAnswer {
        let answer = try await self.send(method, target, body)
        guard answer.status == status else {
            throw SoakError.answered(answer.status, to: "\(method) \(target)", body: answer.body)
        }
        return answer
    }

    private func send(_ method: String, _ target: String, _ body: String? = nil) async throws -> DaemonAnswer {
        var request = WebSocketClientRequest(method, target, body, port: self.port)
        request.localAddress = Self.address
        return DaemonAnswer(try await WebSocketClient.answer(to: request, within: Self.patience))
    }
}
