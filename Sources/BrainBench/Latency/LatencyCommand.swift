import ArgumentParser
import Brain

/// `brain-bench latency`.
struct LatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "How long a change takes from its commit to a client's socket."
    )

    @Option(help: "Changes that are measured, for Brain and for the bare reader each.")
    var changes = 2000

    @Option(
        help: """
            Changes a second at most, at random moments: each is awaited before the next. For poll less than it makes \
            looks, or each change comes just after one.
            """
    )
    var rate = 100

    @Option(help: "Changes after which Brain and the bare reader take turns.")
    var block = 200

    @Option(help: "How Brain captures: wal, notify or poll.")
    var mode = CaptureMode.wal

    @Option(help: "Rows of the table.")
    var runs = 10_000

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.mode.capture != nil else { throw ValidationError("The mode is wal, notify or poll.") }
        guard self.changes > 0, self.rate > 0, self.block > 0, self.runs > 0 else {
            throw ValidationError("Changes, rate, block and runs are at least 1.")
        }
    }

    func run() async throws {
        let bench = LatencyBench(
            changes: self.changes,
            interval: .seconds(1) / self.rate,
            block: self.block,
            capture: self.mode.capture ?? .wal
        )
        let (runs, output) = (self.runs, self.output)
        try await interruptible {
            try await BenchSite.with(runs: runs) { site in
                try output.show(try await bench.run(on: site))
            }
        }
    }
}
