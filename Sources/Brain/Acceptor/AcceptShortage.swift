import Glibc
import NIOCore

/// What the kernel didn't have for one more connection, which stays in its queue meanwhile (accept(2), ERRORS).
enum AcceptShortage: Hashable, Sendable {
    /// The process has as many descriptors open as it may (EMFILE), but for its reserve.
    case descriptors
    /// The machine has as many files open as it may: ENFILE.
    case openFiles
    /// No memory for sockets: ENOBUFS or ENOMEM.
    case memory

    /// Nil where something else failed than this.
    init?(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EMFILE: self = .descriptors
        case ENFILE: self = .openFiles
        case ENOBUFS, ENOMEM: self = .memory
        default: return nil
        }
    }

    /// What is short, and what to do about it.
    var remedy: String {
        switch self {
        case .descriptors:
            "the \(Descriptors.limit ?? 0) descriptors are used up: raise the limit (ulimit -n, LimitNOFILE of systemd) "
                + "or lower --max-connections"
        case .openFiles: "the machine may open no further file: raise the sysctl fs.file-max"
        case .memory: "the kernel has no memory for sockets"
        }
    }
}
