import ArgumentParser
import UnixSignals

/// SIGINT, SIGTERM and SIGHUP: the first asks for an early end, the second ends everything at once by cancellation.
enum Interruption {
    /// Runs `body` under that watch.
    ///
    /// - Parameter body: is given what returns at the first signal, or when it is cancelled.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or the exit status 130 at the second signal.
    static func watched<Result: Sendable>(
        _ body: @escaping @Sendable (_ interrupted: @escaping @Sendable () async -> Void) async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let (firsts, first) = AsyncStream<Void>.makeStream()
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask {
                try await body {
                    for await _ in firsts { return }
                }
            }
            group.addTask {
                var count = 0
                for await _ in signals {
                    count += 1
                    guard count == 1 else { break }
                    first.yield()
                }
                throw count == 0 ? CancellationError() : ExitCode(130)
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
