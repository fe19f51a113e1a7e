import ArgumentParser

/// `brain-bench children`.
struct ChildrenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "children",
        abstract: "How long a dynamic supervisor takes to start and to end its children, and what each holds."
    )

    @Option(help: "Children at a time.")
    var children = 10_000

    @Option(help: "Repetitions.")
    var rounds = 5

    @OptionGroup
    var output: ReportOptions

    func validate() throws {
        guard self.children > 0, self.rounds > 0 else { throw ValidationError("Children and rounds are at least 1.") }
    }

    func run() async throws {
        let (bench, output) = (ChildrenBench(children: self.children, rounds: self.rounds), self.output)
        try await interruptible { try output.show(try await bench.run()) }
    }
}
