import ArgumentParser
import Foundation
import Glibc
import UnixSignals

/// `brain-soak`: a daemon under load and faults, and an oracle that knows what its clients must have been told.
@main
struct BrainSoakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brain-soak",
        abstract: "Runs Brain for minutes to days under load and faults, and holds it to what it promises.",
        discussion: """
            It starts the brain that was built with it, and a private PostgreSQL; writers change runs, clients listen, and \
            every few seconds something goes wrong. An oracle knows each committed change and what every client must \
            have heard of it. The report, report.json and report.html, is in a new folder below the working directory. \
            SIGINT ends a run early, with a verdict; a second one ends it at once.

            Exit status: 0 passed; 1 a loss, a leak, a finding or a bound that wasn't kept; 70 it couldn't be run.
            """
    )

    @Option(help: "How long; a fraction will do, and days.")
    var minutes = 30.0

    @Option(help: "Clients; of a hundred, five come and go, two read slowly, one never reads.")
    var clients = 1000

    @Option(help: "Changes a second that the writers commit.")
    var rate = 200.0

    @Option(help: "Runs that they change.")
    var runs = 500

    @Option(help: "Repeats the plan of an earlier run; by default drawn anew.")
    var seed: UInt64?

    @Option(help: "Seconds from one fault to the next; 0: none.")
    var faultInterval = 10.0

    @Option(help: "The kinds of faults that take turns, with commas between: \(Self.kinds). By default all.")
    var faults: FaultKinds = FaultKinds(kinds: FaultKind.allCases)

    @Option(help: "How the daemon captures changes: auto, wal, notify or poll.")
    var capture = "auto"

    private static var kinds: String { FaultKind.allCases.map(\.rawValue).joined(separator: ", ") }

    func validate() throws {
        guard self.minutes.isFinite, self.minutes >= 0.5, self.minutes <= 525_600 else {
            throw ValidationError("--minutes is 0.5 to 525600, a year.")
        }
        guard (1...50_000).contains(self.clients), (SoakPlan.writers...100_000).contains(self.runs) else {
            throw ValidationError("There are 1 to 50000 clients and \(SoakPlan.writers) to 100000 runs.")
        }
        guard self.clients * self.runs <= 100_000_000 else {
            throw ValidationError("For each client and run 8 bytes are kept: there may be 100 million such pairs.")
        }
        guard self.rate > 0, self.rate <= 100_000, self.faultInterval >= 0, self.faultInterval.isFinite else {
            throw ValidationError("--rate is above 0 and at most 100000, --fault-interval not negative.")
        }
        try self.validateFaults()
    }

    /// A child that hangs takes no orders for up to 12 s: the second of two that come meanwhile would take the first's place.
    ///
    /// And one that hangs each time must be well for over 30 s in five of the gaps, up to the last question that it
    /// answered, or it is rightly given up.
    private func validateFaults() throws {
        let kinds = Set(self.faults.kinds)
        let least = kinds.contains { $0.child != nil } ? 26.0 : 6
        guard self.faultInterval == 0 || self.faultInterval * Double(kinds.count) >= least else {
            throw ValidationError(
                """
                Each kind of faults may come each 6 s at most, and each 26 s where one is of a child, which may hang for \
                12, and is given up where it is never well: with \(kinds.count) of them, --fault-interval is \(Figure.number(least / Double(kinds.count), digits: 2)) \
                or more.
                """
            )
        }
    }

    func run() async throws {
        // A client that is gone is an error of what was written to it, not the end of the soak.
        signal(SIGPIPE, SIG_IGN)
        let soak = Soak(plan: self.plan)
        let hasPassed: Bool
        do {
            hasPassed = try await Interruption.watched { try await soak.run(until: $0) }
        } catch let error as ExitCode {
            throw error
        } catch {
            soak.screen.say("the soak could not be run: \(error)")
            throw ExitCode(70)
        }
        guard hasPassed else { throw ExitCode(1) }
    }

    private var plan: SoakPlan {
        var plan = SoakPlan(seed: self.seed ?? UInt64.random(in: 1...999_999))
        (plan.minutes, plan.clients, plan.changesPerSecond) = (self.minutes, self.clients, self.rate)
        (plan.runs, plan.faults, plan.capture) = (self.runs, self.faults.kinds, self.capture)
        plan.faultInterval = .seconds(self.faultInterval)
        return plan
    }
}

/// Several kinds of faults with commas between them.
struct FaultKinds: ExpressibleByArgument, Sendable {
    let kinds: [FaultKind]

    init(kinds: [FaultKind]) {
        self.kinds = kinds
    }

    init?(argument: String) {
        let words = argument.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let kinds = words.compactMap(FaultKind.init(rawValue:))
        guard !kinds.isEmpty, kinds.count == words.count else { return nil }
        self.kinds = kinds
    }

    var defaultValueDescription: String { "all" }
}
