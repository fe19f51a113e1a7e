// Faults that are planted by way of the API (contract §2).
extension DaemonHarness {
    /// Orders a fault of a child of the tree.
    ///
    /// - Parameters:
    ///   - fault: `throw`, `hang` or `slow`.
    ///   - child: the child's id.
    ///   - times: how many of its instances have it.
    /// - Throws: where the order isn't accepted.
    package func plant(_ fault: String, in child: String, times: Int = 1) async throws {
        try await self.order(#"{"child":"\#(child)","fault":"\#(fault)","times":\#(times)}"#)
    }

    /// Orders a fault of a session.
    ///
    /// - Parameters:
    ///   - fault: `throw`, `hang` or `slow`.
    ///   - session: the session's name.
    /// - Throws: where the order isn't accepted.
    package func plant(_ fault: String, inSession session: String) async throws {
        try await self.order(#"{"child":"session","session":"\#(session)","fault":"\#(fault)"}"#)
    }

    /// Waits until a child runs again after so many restarts.
    ///
    /// - Parameters:
    ///   - child: the child's id.
    ///   - restarts: since the daemon's start.
    /// - Throws: where it doesn't.
    package func runs(_ child: String, restarts: Int) async throws {
        try await eventually("\(child) runs again") {
            // A request that the acceptor took along with it has no answer.
            let tree = try? await self.json("/api/debug/tree")
            let node = tree?["children"]?.elements.first { $0["id"] == .string(child) }
            return node?["state"] == "running" && node?["restarts"] == .number(Double(restarts))
        }
    }

    private func order(_ body: String) async throws {
        let answer = try await self.send("POST", "/api/debug/faults", body)
        guard answer.status == 202 else { throw DaemonHarnessError.malformed("\(answer.status) \(answer.body)") }
    }
}
