import Postgres
import Supervision

// What the failure of a child's start means for the one who started the daemon: contract §1, exit codes.
extension StartFailure {
    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        // What the supervisor finds about a child doesn't say which, as a child's own error does.
        case SupervisionFailure.startFailed(let child, let fault as ChildFault):
            self.init(status: .unavailable, message: "\(child) \(fault)")
        case SupervisionFailure.startFailed(_, let underlying): self.init(underlying)
        case SupervisionFailure.gaveUp(let child, let reason, _):
            self.init(status: .software, message: "\(child) failed too often, the last time with: \(reason)")
        case let error as FeedError: self.init(status: Self.status(of: error), message: "\(error)")
        case let error as MigrationError: self.init(status: Self.status(of: error), message: "\(error)")
        case let error as PostgresError: self.init(FeedError(error))
        case let error as PrivateServerError: self.init(status: Self.status(of: error), message: "\(error)")
        case let error as AcceptorFailure: self.init(status: Self.status(of: error), message: "\(error)")
        default: self.init(status: .unavailable, message: LogText.shown("\(error)"))
        }
    }

    private static func status(of error: FeedError) -> ExitStatus {
        switch error {
        case .authentication, .misconfigured, .tooOld, .triggerUnusable, .deaf, .walUnusable: .configuration
        case .table(let error): error == .tableMissing ? .unavailable : .configuration
        case .unreachable, .lost, .standby, .resync, .tableChanged, .superseded, .streamBroken, .cancelled: .unavailable
        }
    }

    private static func status(of error: MigrationError) -> ExitStatus {
        switch error {
        case .feed(let error): Self.status(of: error)
        case .locked: .unavailable
        default: .configuration
        }
    }

    private static func status(of error: AcceptorFailure) -> ExitStatus {
        switch error {
        case .portTaken, .addressUnusable, .stoppedListening: .unavailable
        case .portForbidden: .configuration
        }
    }

    private static func status(of error: PrivateServerError) -> ExitStatus {
        switch error {
        case .directoryUnwritable, .noUnprivilegedUser: .configuration
        default: .unavailable
        }
    }
}
