import ArgumentParser

/// `brain-bench memory`.
struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "What the ledger holds of each run, and how long it takes to compare them all."
    )

    @Option(help: "Runs in the ledger.")
    var runs = 1_000_000

    @Option(help: "Comparisons of them all.")
    var rounds = 5

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.runs > 0, self.rounds > 0 else { throw ValidationError("Runs and rounds are at least 1.") }
    }

    func run() async throws {
        let (bench, output) = (MemoryBench(runs: self.runs, rounds: self.rounds), self.output)
        try await interruptible { try output.show(try bench.run()) }
    }
}
