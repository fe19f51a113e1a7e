import HTTPTypes

/// What a path means (contract §2), and what may be done there.
enum Route: Equatable, Sendable {
    case health
    case ready
    case runs
    case run(id: String)
    case sessions
    case session(id: String)
    case tree
    case audit
    /// Only with `BRAIN_ENABLE_FAULTS`.
    case faults
    /// `/ws`, where only an upgrade does anything.
    case socket

    /// Where sessions begin.
    static let sessionPath = "/ws"

    /// Nil: there is nothing here.
    init?(_ target: RequestTarget) {
        switch target.segments {
        case ["ws"]: self = .socket
        case ["api", "health"]: self = .health
        case ["api", "ready"]: self = .ready
        case ["api", "runs"]: self = .runs
        case ["api", "debug", "sessions"]: self = .sessions
        case ["api", "debug", "tree"]: self = .tree
        case ["api", "debug", "audit"]: self = .audit
        case ["api", "debug", "faults"]: self = .faults
        case .some(let segments): self.init(named: segments)
        case nil: return nil
        }
    }

    private init?(named segments: [String]) {
        guard let id = segments.last, !id.isEmpty else { return nil }
        switch segments.dropLast() {
        case ["api", "runs"]: self = .run(id: id)
        case ["api", "debug", "sessions"]: self = .session(id: id)
        default: return nil
        }
    }

    /// What is answered here; HEAD is answered wherever GET is (RFC 9110 §9.1).
    var methods: [HTTPRequest.Method] {
        switch self {
        case .health, .ready, .sessions, .tree, .socket: [.get, .head]
        case .runs, .audit: [.get, .head, .post]
        case .run: [.get, .head, .patch]
        case .session: [.get, .head, .delete]
        case .faults: [.post]
        }
    }

    /// Whether a request changes the daemon itself: POST and DELETE under `/api/debug`.
    static func isAdministration(method: String, target: String) -> Bool {
        guard method == "POST" || method == "DELETE" else { return false }
        return RequestTarget(target).segments?.starts(with: ["api", "debug"]) ?? false
    }
}
