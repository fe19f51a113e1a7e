/// What a ``Gate`` needs to know of a request.
///
/// A header field is the list of its values, one for each line, in the order of the request; empty if there is none.
package struct GateRequest: Sendable {
    /// What the request is about.
    package enum Scope: Sendable {
        /// What any client may do.
        case ordinary
        /// What changes the daemon itself: POST and DELETE under `/api/debug`.
        case administration
    }

    /// The other end of the socket.
    package var peer: IPAddress
    /// Host.
    package var hosts: [String] = []
    /// Origin.
    package var origins: [String] = []
    /// X-Forwarded-For.
    package var forwardedFor: [String] = []
    /// Forwarded.
    package var forwarded: [String] = []
    /// X-Real-IP.
    package var realIP: [String] = []
    /// Whether the request came over TLS, so that its scheme is `https`.
    package var isSecure = false
    /// What the request is about.
    package var scope = Scope.ordinary

    /// Makes an ordinary request without any header field.
    package init(peer: IPAddress) {
        self.peer = peer
    }
}
