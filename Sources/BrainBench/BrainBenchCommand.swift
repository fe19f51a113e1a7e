import ArgumentParser
import Glibc
import UnixSignals

/// `brain-bench`: measurements that anybody can repeat, most before a PostgreSQL of its own.
@main
struct BrainBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "brain-bench",
        abstract: "Measures what Brain costs the database's writers, how fast it is, and what it holds.",
        discussion: """
            Build it with the program that it measures: `swift build -c release`. Everything runs on this machine, on \
            Unix sockets and loopback, and is ended with the bench. Nothing else should run meanwhile.
            """,
        subcommands: [
            CaptureCommand.self, CompareCommand.self, FanoutCommand.self, LatencyCommand.self, ResyncCommand.self,
            MemoryCommand.self, ChildrenCommand.self,
        ]
    )
}

/// Runs a measurement, and ends it on SIGINT or SIGTERM by cancellation, so that it takes everything down with it.
func interruptible(_ body: @escaping @Sendable () async throws -> Void) async throws {
    // A program that goes away is an error of what was written to it, not the end of the bench.
    signal(SIGPIPE, SIG_IGN)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            for await _ in signals { throw ExitCode(130) }
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}
