/// Something that goes wrong.
enum SoakFault: Sendable, Hashable {
    /// All of Brain's connections to the database are ended by `pg_terminate_backend`.
    case terminateBackends
    /// PostgreSQL ends, and starts again.
    case restartPostgres(PostgresEnd)
    /// SIGSTOP to the daemon, and SIGCONT after so long.
    case pauseDaemon(Duration)
    /// A child of the tree, by name.
    case child(String, FaultWay)
    /// So many sessions, whichever; they don't know `slow`.
    case sessions(FaultWay, count: Int)
    /// The daemon can open nothing for so long.
    case exhaustDescriptors(Duration)
    /// So many clients end their connections with a TCP reset.
    case resetClients(count: Int)
}

/// How PostgreSQL ends.
enum PostgresEnd: String, Sendable, CaseIterable {
    /// A fast shutdown: sessions are ended, all is written.
    case stop
    /// An immediate shutdown: the next start recovers from the log.
    case crash
    /// SIGKILL, as an out-of-memory killer sends it.
    case kill
}

/// How a child or a session fails, in the words of `POST /api/debug/faults`.
enum FaultWay: String, Sendable, CaseIterable {
    case `throw`
    /// It gives no sign of life any more, which is noticed after 10 s.
    case hang
    case slow
}

extension SoakFault: CustomStringConvertible {
    /// A few words for a report: `broadcaster hangs`.
    var description: String {
        switch self {
        case .terminateBackends: "Brain's backends are terminated"
        case .restartPostgres(let end): "PostgreSQL is \(end.participle)"
        case .pauseDaemon(let time): "the daemon stands still for \(Self.seconds(time))"
        case .child(let name, let way): "\(name) \(way.verb(isPlural: false))"
        case .sessions(let way, let count): "\(Self.counted(count, "session")) \(way.verb(isPlural: count != 1))"
        case .exhaustDescriptors(let time): "no descriptors for \(Self.seconds(time))"
        case .resetClients(let count): "\(Self.counted(count, "client")) reset"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// With one digit behind the point, rounded.
    private static func seconds(_ time: Duration) -> String {
        let tenths = (Stopwatch.microseconds(of: time) + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}

extension PostgresEnd {
    fileprivate var participle: String {
        switch self {
        case .stop: "stopped"
        case .crash: "crashed"
        case .kill: "killed"
        }
    }
}

extension FaultWay {
    fileprivate func verb(isPlural: Bool) -> String {
        switch self {
        case .throw: isPlural ? "throw" : "throws"
        case .hang: isPlural ? "hang" : "hangs"
        case .slow: isPlural ? "are slow" : "is slow"
        }
    }
}
