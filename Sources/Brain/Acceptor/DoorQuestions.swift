import NIOHTTP1

// What the door asks of a request's head.

extension GateRequest {
    init(_ head: HTTPRequestHead, from peer: IPAddress) {
        self.init(peer: peer)
        self.hosts = head.headers["Host"]
        self.origins = head.headers["Origin"]
        self.forwardedFor = head.headers["X-Forwarded-For"]
        self.forwarded = head.headers["Forwarded"]
        self.realIP = head.headers["X-Real-IP"]
        let isAdministration = Route.isAdministration(method: head.method.rawValue, target: head.uri)
        self.scope = isAdministration ? .administration : .ordinary
    }
}

extension SessionAdmission {
    /// What the client says of itself is cut: a session keeps it, and so does the list of closed ones.
    init(
        _ head: HTTPRequestHead,
        _ connection: ClientConnection,
        _ client: IPAddress,
        _ lease: AdmissionLease
    ) {
        self.init(
            peer: connection.peerName,
            client: client,
            origin: head.headers.first(name: "Origin").map { LogText.cut($0) },
            userAgent: head.headers.first(name: "User-Agent").map { LogText.cut($0) },
            lease: lease
        )
    }
}
