package import WebSocket

/// What is known of a client from the moment of its admission on, and never changes.
package struct SessionFacts: Sendable {
    /// The session's name.
    package let id: SessionID
    /// Address and port of the socket's other end: a proxy's, where one stands between.
    package let peer: String
    /// The client's own address, by which it is counted and limited.
    package let client: IPAddress
    /// The Origin header, cut at 256 bytes; nil where none was sent.
    package let origin: String?
    /// The User-Agent header, cut at 256 bytes; nil where none was sent.
    package let userAgent: String?
    /// The wall clock at the admission, in milliseconds since the epoch.
    package let connectedAt: Int64
    /// The same moment on the clock of deadlines.
    package let since: ContinuousClock.Instant

    /// Gathers the facts of one admission.
    package init(
        id: SessionID,
        peer: String,
        client: IPAddress,
        origin: String?,
        userAgent: String?,
        connectedAt: Int64,
        since: ContinuousClock.Instant
    ) {
        self.id = id
        self.peer = peer
        self.client = client
        self.origin = origin
        self.userAgent = userAgent
        self.connectedAt = connectedAt
        self.since = since
    }
}

/// The settings that every session shares.
package struct SessionSettings: Sendable {
    /// What may wait for one session.
    package var mailbox = MailboxLimit()
    /// Messages a second to one session (`PushBudget`); 0 lifts the limit.
    package var maxPushRate = 2000.0
    /// How long a client may be silent or slow.
    package var heartbeat = HeartbeatLimits()
    /// What a client may send.
    package var inbound = InboundLimits()

    /// Makes the contract's defaults.
    package init() {}
}

/// What has gone over a session's socket.
package struct SessionCounters: Sendable {
    /// Messages of runs handed to the socket, those of a snapshot among them.
    package var messagesSent = 0
    /// Bytes handed to the socket after the 101, control frames among them.
    package var bytesSent = 0
    /// Messages of the client's, control frames not counted.
    package var messagesReceived = 0
    /// Updates that took the place of a waiting one.
    package var conflated = 0

    /// Adds another session's.
    package static func += (lhs: inout Self, rhs: Self) {
        lhs.messagesSent += rhs.messagesSent
        lhs.bytesSent += rhs.bytesSent
        lhs.messagesReceived += rhs.messagesReceived
        lhs.conflated += rhs.conflated
    }
}
