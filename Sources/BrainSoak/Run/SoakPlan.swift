import Foundation

/// What a soak is asked for.
struct SoakPlan: Sendable {
    var minutes = 30.0
    var clients = 1000
    /// Changes that the writers commit a second, all together.
    var changesPerSecond = 200.0
    var runs = 500
    var seed: UInt64
    var faults = FaultKind.allCases
    var faultInterval = Duration.seconds(10)
    /// As for `--capture`.
    var capture = "auto"

    /// Connections over which is written at the same time.
    static let writers = 4

    var duration: Duration { .seconds(self.minutes * 60) }

    /// How many seconds lie between two looks for who is late: clients and writers wait while all pairs are gone through.
    var secondsForLook: Int { self.clients * self.runs > 100_000 ? 15 : 1 }

    /// Of a hundred clients five come and go, two read slowly and one never reads; of a few, one each.
    var kinds: [ClientKind] {
        let shares: [(ClientKind, Int)] = [(.churning, 20), (.slow, 50), (.halfOpen, 100)]
        let strange = shares.flatMap { kind, each in
            Array(repeating: kind, count: self.clients < 8 ? 0 : max(1, self.clients / each))
        }
        return Array(repeating: .steady, count: max(0, self.clients - strange.count)) + strange
    }

    /// The daemon's limit for each address, so that a source address of the crowd's is within it.
    static let clientsPerAddress = 400

    /// A script for each writer: run 0 is the first one's, run 1 the second one's, and so on.
    var scripts: [WriterScript] {
        (0..<Self.writers).map { writer in
            let runs = stride(from: writer, to: self.runs, by: Self.writers)
            return WriterScript(runs: runs, seed: self.seed &+ UInt64(writer))
        }
    }

    /// Whether chance may hit one session four times within 60 s, after which it is rightly closed with 1011.
    ///
    /// Four turns of a kind are at least two rounds and an interval apart; a hang is noticed up to 12 s later.
    var mayExhaustSession: Bool {
        let kinds = Set(self.faults).count
        let apart = self.faultInterval * (kinds > 1 ? 2 * kinds + 1 : 3)
        return self.faults.contains(.someSessions) && self.faultInterval > .zero && apart <= .seconds(75)
    }

    /// What stands at the head of the report.
    ///
    /// - Parameters:
    ///   - postgres: the server's version.
    ///   - capture: how the daemon found to capture.
    /// - Returns: the plan, and the machine as it is now.
    func setup(postgres: String, capture: String) -> SoakSetup {
        SoakSetup(
            seed: self.seed,
            minutes: self.minutes,
            clients: Dictionary(self.kinds.map { ($0.rawValue, 1) }, uniquingKeysWith: +),
            changesPerSecond: self.changesPerSecond,
            runs: self.runs,
            faultIntervalSeconds: self.faultInterval / .seconds(1),
            faults: FaultKind.allCases.filter(self.faults.contains),
            requestedCapture: self.capture,
            capture: capture,
            mayExhaustSession: self.mayExhaustSession,
            machine: SoakMachine.now(postgres: postgres)
        )
    }
}
