import ArgumentParser

/// `brain-bench capture`.
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "What each capture costs the database's writers."
    )

    @Option(help: "Rounds for each cell: in each, every mode has its turn.")
    var rounds = 8

    @Option(help: "Seconds for which a mode is measured in a round.")
    var seconds = 10

    @Option(help: "Numbers of writers.")
    var writers = CommaList([1, 4, 16])

    @Option(help: "What stands beside them: none, wal, poll, reader, notify, trigger.")
    var modes = CommaList(CaptureMode.allCases)

    @Option(help: "Values of synchronous_commit.")
    var commit = CommaList(CommitMode.allCases)

    @Option(help: "Rows of the table.")
    var runs = 10_000

    @Flag(help: "A client listens to Brain; on two cores, what it spends is taken from the writers, too.")
    var client = false

    @Option(help: "Microseconds that each flush of the log waits first (commit_delay), as if the disk were slower.")
    var flushDelay = 0

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.rounds > 0, self.seconds > 0, self.runs > 0, self.writers.elements.allSatisfy({ $0 > 0 }) else {
            throw ValidationError("Rounds, seconds, writers and runs are at least 1.")
        }
    }

    func run() async throws {
        // Everything is compared with the bare table.
        let modes = self.modes.elements
        let bench = CaptureBench(
            rounds: self.rounds,
            seconds: self.seconds,
            writers: self.writers.elements,
            modes: modes.contains(.none) ? modes : [.none] + modes,
            commits: self.commit.elements,
            isHeard: self.client
        )
        let (runs, output, delay) = (self.runs, self.output, self.flushDelay)
        try await interruptible {
            try await BenchSite.with(runs: runs, flushDelay: delay) { site in
                try output.show(try await bench.run(on: site))
            }
        }
    }
}
