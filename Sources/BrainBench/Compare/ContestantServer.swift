import BrainTestKit
import Glibc

/// A contestant that listens, on a core of its own.
struct ContestantServer: Sendable {
    let port: Int
    private let process: ProgramProcess

    var pid: Int32 { self.process.pid }

    /// Starts a trial's contestant, and ends it after `body`, even where that throws or is cancelled.
    ///
    /// Each run has a server of its own: what one keeps of earlier clients would be taken for what it needs for none.
    static func with<Result>(
        _ trial: Trial,
        of tools: FanTools,
        onCore core: Int,
        _ body: (ContestantServer) async throws -> Result
    ) async throws -> Result {
        let server = try Self.start(trial, of: tools, core: core)
        do {
            try await server.listens()
            let result = try await body(server)
            await server.process.stop()
            return result
        } catch {
            await server.process.stop()
            throw error
        }
    }

    private static func start(
        _ trial: Trial,
        of tools: FanTools,
        core: Int
    ) throws -> ContestantServer {
        let (contestant, port) = (trial.contestant, try Loopback.freePort())
        // `taskset` becomes the program that it starts: the process is the server's.
        let process = try ProgramProcess(
            "taskset",
            ["-c", "\(core)"] + contestant.command(tools, port: port, trial.load.serverOptions),
            environment: contestant == .ws ? NodeServer.environment : [:],
            input: contestant == .ws ? try ScratchFile(NodeServer.script) : nil,
            errors: try ScratchFile()
        )
        return ContestantServer(port: port, process: process)
    }

    private func listens() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !Loopback.answers(port: self.port) {
            guard !self.process.hasEnded else { throw self.process.failure }
            guard ContinuousClock.now < deadline else { throw BenchError.late("a server's start") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension Contestant {
    fileprivate func command(_ tools: FanTools, port: Int, _ options: [String]) -> [String] {
        switch self {
        case .brain: [Self.bench, "fanout", "--port", "\(port)", "--loops", "1"] + options
        case .each: [tools.limit, "\(port)", "1", "each"]
        case .batch: [tools.limit, "\(port)", "1", "batch"]
        case .ws: ["node"] + NodeServer.arguments(port: port)
        }
    }

    /// This very program, even where another was built in its place meanwhile.
    private static var bench: String { "/proc/\(getpid())/exe" }
}
