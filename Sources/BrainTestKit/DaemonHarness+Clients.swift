// Requests that differ from the ordinary in their headers or their origin alone.
//
// They take values: a closure within `#expect` may be mixed up with another one (Swift 6.3 gives both the same symbol).
extension DaemonHarness {
    /// Opens a session that ends with the harness at the latest.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - options: how the client behaves.
    ///   - headers: take the place of the request's own; nil removes one.
    ///   - address: where it comes from, of 127.0.0.0/8.
    /// - Returns: a client that has its 101.
    /// - Throws: `refused`, or what else hindered it.
    package func connect(
        _ target: String = "/ws",
        options: WebSocketClientOptions = WebSocketClientOptions(),
        with headers: [String: String?] = [:],
        from address: String? = nil
    ) async throws(WebSocketClientError) -> WebSocketClient {
        try await self.connect(target, options: options) { $0.change(headers, address) }
    }

    /// Asks for a session, and must not get one.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: take the place of the request's own; nil removes one.
    ///   - address: where it comes from, of 127.0.0.0/8.
    /// - Returns: the refusal.
    /// - Throws: where there was a session, or no answer.
    package func refusal(
        _ target: String = "/ws",
        with headers: [String: String?] = [:],
        from address: String? = nil
    ) async throws -> DaemonAnswer {
        try await self.refusal(target) { $0.change(headers, address) }
    }

    /// Sends an ordinary request on a connection of its own.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: path and query.
    ///   - body: JSON; nil for none.
    ///   - headers: take the place of the request's own; nil removes one.
    ///   - address: where it comes from, of 127.0.0.0/8.
    /// - Returns: the whole answer.
    /// - Throws: where there is none.
    package func send(
        _ method: String,
        _ target: String,
        _ body: String? = nil,
        with headers: [String: String?] = [:],
        from address: String? = nil
    ) async throws -> DaemonAnswer {
        try await self.send(method, target, body) { $0.change(headers, address) }
    }
}

extension WebSocketClientRequest {
    fileprivate mutating func change(_ headers: [String: String?], _ address: String?) {
        for (name, value) in headers { self[name] = value }
        self.localAddress = address
    }
}
