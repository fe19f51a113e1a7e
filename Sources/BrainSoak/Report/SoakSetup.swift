import Foundation

/// How a run was asked for, and on what it ran.
struct SoakSetup: Encodable, Sendable {
    /// The same seed makes the same plan of faults.
    let seed: UInt64
    /// How long it is planned for.
    let minutes: Double
    /// How many, by kind.
    let clients: [String: Int]
    /// What the writers are asked to commit.
    let changesPerSecond: Double
    let runs: Int
    let faultIntervalSeconds: Double
    /// The kinds that take turns.
    let faults: [FaultKind]
    /// As it was asked for: auto, wal, notify or poll.
    let requestedCapture: String
    /// How the daemon found to capture at its start: wal, notify or poll.
    let capture: String
    /// Whether chance may fail one session so often that it is rightly given up.
    let mayExhaustSession: Bool
    var build = SoakBuild.current
    let machine: SoakMachine
}

/// Of a debug build no time means anything.
enum SoakBuild: String, Encodable, Sendable {
    case release
    case debug

    /// This program's own; the daemon is of the same.
    static var current: SoakBuild {
        #if DEBUG
        .debug
        #else
        .release
        #endif
    }
}

/// What the figures were taken on.
struct SoakMachine: Encodable, Sendable {
    let cores: Int
    /// The load average over 1, 5 and 15 minutes before the run.
    let load: String
    /// The version of PostgreSQL.
    let postgres: String

    /// Looks at the machine.
    ///
    /// - Parameter postgres: the server's version.
    /// - Returns: what is to stand at the head of a report.
    static func now(postgres: String) -> SoakMachine {
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
        return SoakMachine(
            cores: ProcessInfo.processInfo.activeProcessorCount,
            load: load.split(separator: " ").prefix(3).joined(separator: " "),
            postgres: postgres
        )
    }

    var line: String { "\(self.cores) cores, load average \(self.load), PostgreSQL \(self.postgres)" }
}
