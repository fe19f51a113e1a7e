/// Why a request or a connection is turned away, as the other side is told it (contract §2).
///
/// The cases are all there are; each has its status, its words, and, where waiting helps, for how long.
package enum Refusal: Error, Hashable, Sendable {
    /// The client is neither on a private network nor in `--allow-cidr`.
    case addressNotAllowed(IPAddress)
    /// The client may connect, but not administer.
    case administrationNotAllowed(IPAddress)
    /// Header fields that only a trusted proxy may send came from this peer.
    case forwardedByStranger(IPAddress)
    /// A trusted proxy didn't say for whom it asks.
    case clientUnknown(proxy: IPAddress)
    /// There is no Host header.
    case hostMissing
    /// There is more than one Host header.
    case hostRepeated
    /// The Host header names another machine, or nothing at all.
    case hostNotAllowed(String)
    /// There is more than one Origin header.
    case originRepeated
    /// The page that asks is none of ours.
    case originNotAllowed(String)
    /// The client opens sessions faster than it may; the next can come after the wait.
    case rateExceeded(IPAddress, wait: Duration)
    /// The client has as many sessions as one address may.
    case sessionsOfAddressExhausted(IPAddress, limit: Int)
    /// There are as many sessions as there may be.
    case sessionsExhausted(limit: Int)
    /// The peer has as many connections without a session as one address may.
    case connectionsOfAddressExhausted(IPAddress, limit: Int)
    /// There are as many connections without a session as there may be.
    case connectionsExhausted(limit: Int)
}

extension Refusal {
    /// What a refusal is counted under; the raw value is the label in metrics.
    package enum Reason: String, CaseIterable, Sendable {
        case address
        case administration
        case forwarded
        case host
        case origin
        case rate
        case sessionsOfAddress = "sessions_of_address"
        case sessions
        case connectionsOfAddress = "connections_of_address"
        case connections
    }

    /// The kind of the refusal, without whom it met.
    package var reason: Reason {
        switch self {
        case .addressNotAllowed: .address
        case .administrationNotAllowed: .administration
        case .forwardedByStranger, .clientUnknown: .forwarded
        case .hostMissing, .hostRepeated, .hostNotAllowed: .host
        case .originRepeated, .originNotAllowed: .origin
        case .rateExceeded: .rate
        case .sessionsOfAddressExhausted: .sessionsOfAddress
        case .sessionsExhausted: .sessions
        case .connectionsOfAddressExhausted: .connectionsOfAddress
        case .connectionsExhausted: .connections
        }
    }

    /// The HTTP status.
    package var status: Int {
        switch self.reason {
        case .address, .administration, .forwarded, .origin: 403
        case .host: 421
        case .rate, .sessionsOfAddress, .connectionsOfAddress: 429
        case .sessions, .connections: 503
        }
    }

    /// The status in words, as RFC 9110 §15 and RFC 6585 §4 have them; the `title` of the problem.
    package var title: String {
        switch self.reason {
        case .address, .administration, .forwarded, .origin: "Forbidden"
        case .host: "Misdirected Request"
        case .rate, .sessionsOfAddress, .connectionsOfAddress: "Too Many Requests"
        case .sessions, .connections: "Service Unavailable"
        }
    }

    /// The seconds of the Retry-After header, at least 1; nil where waiting doesn't help.
    ///
    /// A session lasts long, so a place is worth asking for every 5 s (contract §3.5: clients wait 1 to 30 s); a
    /// connection without one is gone in a moment.
    package var retryAfterSeconds: Int? {
        switch self {
        case .rateExceeded(_, let wait): max(1, wait.secondsRoundedUp)
        case .sessionsOfAddressExhausted, .sessionsExhausted: 5
        case .connectionsOfAddressExhausted, .connectionsExhausted: 1
        default: nil
        }
    }
}

extension Duration {
    fileprivate var secondsRoundedUp: Int {
        Int(clamping: self.components.seconds) + (self.components.attoseconds > 0 ? 1 : 0)
    }
}
