import ArgumentParser

/// `brain-bench compare`.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Brain's fan-out beside the least that it takes, in C, and beside Node with ws.",
        discussion: """
            Each server has one core and the load generator another; all take turns in each round. Without --cells it \
            takes a quarter of an hour. Ends with 1 where a threshold is missed or a run lost something.
            """
    )

    @Option(help: "The folder with the sources of the load generator and the servers in C: fan.c, limit.c.")
    var tools: String

    @Option(help: "Rounds: in each, every server has its turn under every load.")
    var rounds = 5

    @Option(help: "Seconds for which a run is measured.")
    var seconds = 3

    @Option(help: "What is asked: cpu, throughput, memory, connects, latency, stalled, growth.")
    var cells = CommaList(CompareCell.allCases)

    @Option(help: "A file of thresholds; by default \(Thresholds.path) where it is there, or no verdict.")
    var thresholds: String?

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.rounds > 0, self.seconds > 0 else { throw ValidationError("Rounds and seconds are at least 1.") }
    }

    func run() async throws {
        let (command, thresholds) = (self, try Thresholds.load(self.thresholds))
        try await interruptible {
            try await ScratchDirectory.with { try await command.compare(thresholds, in: $0) }
        }
    }

    private func compare(_ thresholds: Thresholds, in directory: String) async throws {
        let bench = CompareBench(
            tools: try await FanTools.make(from: self.tools, in: directory),
            cores: CorePair(of: Cores.allowed),
            rounds: self.rounds,
            seconds: self.seconds,
            cells: self.cells.elements,
            thresholds: thresholds
        )
        let report = try await bench.run()
        try self.output.show(report)
        guard report.isPassed else { throw ExitCode.failure }
    }
}
