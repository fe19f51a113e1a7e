import ArgumentParser
import Brain

/// `brain-bench resync`.
struct ResyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "How long Brain takes to catch up with what changed while it was cut off from the database."
    )

    @Option(help: "Rows of the table.")
    var runs = 100_000

    @Option(help: "Runs that change while Brain is cut off.")
    var changed = 1000

    @Option(help: "How Brain captures: wal, notify or poll.")
    var mode = CaptureMode.wal

    @Option(help: "Repetitions.")
    var rounds = 5

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.mode.capture != nil else { throw ValidationError("The mode is wal, notify or poll.") }
        guard self.rounds > 0, self.changed > 0, self.runs >= self.changed else {
            throw ValidationError("Rounds and changed are at least 1, and no more runs change than there are.")
        }
    }

    func run() async throws {
        let bench = ResyncBench(changed: self.changed, rounds: self.rounds, capture: self.mode.capture ?? .wal)
        let (runs, output) = (self.runs, self.output)
        try await interruptible {
            try await BenchSite.with(runs: runs) { site in
                try output.show(try await bench.run(on: site))
            }
        }
    }
}
