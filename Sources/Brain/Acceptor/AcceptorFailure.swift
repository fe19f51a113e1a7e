import Glibc
import NIOCore

/// Why the Acceptor can't go on.
enum AcceptorFailure: Error, Sendable, CustomStringConvertible {
    /// The port belongs to another process.
    case portTaken(Int)
    /// The port needs a right that the process doesn't have.
    case portForbidden(Int)
    /// The address isn't this machine's, or is none at all.
    case addressUnusable(host: String, reason: String)
    /// The listening socket was closed by something else than the tree.
    case stoppedListening

    static func cannotListen(host: String?, port: Int, _ error: any Error) -> any Error {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: Self.portTaken(port)
        case EACCES: Self.portForbidden(port)
        default: error is CancellationError || error is Self ? error : Self.unusable(host ?? "::", error)
        }
    }

    var description: String {
        switch self {
        case .portTaken(let port): "port \(port) is taken: stop what listens there, or choose another with --port"
        case .portForbidden(let port): "port \(port) may not be bound by this user: choose one above 1023 with --port"
        case .addressUnusable(let host, let reason): "can't listen on \(host): \(reason); choose another with --host"
        case .stoppedListening: "the listening socket was closed"
        }
    }

    private static func unusable(_ host: String, _ error: any Error) -> Self {
        let code = (error as? IOError)?.errnoCode
        return .addressUnusable(host: host, reason: code.map { String(cString: strerror($0)) } ?? "\(error)")
    }
}
