import Brain
import Foundation
import Logging
import UnixSignals

/// Runs a daemon until it ends; a signal drains it, a second one ends the process at once.
///
/// - Parameters:
///   - daemon: what is run.
///   - drainTimeout: from the first signal to the end of the process, at most.
///   - logger: for what it has to say.
/// - Throws: what the daemon throws.
func runUntilSignalled(_ daemon: Daemon, drainTimeout: Duration, logger: Logger) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await obey(signals, daemon, drainTimeout: drainTimeout, logger: logger) }
        defer { group.cancelAll() }
        try await daemon.run()
    }
}

private func obey(
    _ signals: UnixSignalsSequence,
    _ daemon: Daemon,
    drainTimeout: Duration,
    logger: Logger
) async {
    var isDraining = false
    await withDiscardingTaskGroup { group in
        for await signal in signals {
            guard !isDraining else { breakOff("a second signal: ended at once", logger) }
            isDraining = true
            logger.log(.info, "draining", [.reason: "\(signal)"])
            group.addTask { await daemon.stop() }
            group.addTask { await end(after: drainTimeout, logger) }
        }
    }
}

private func end(after drainTimeout: Duration, _ logger: Logger) async {
    guard (try? await Task.sleep(for: drainTimeout)) != nil else { return }
    breakOff("the drain took too long: ended", logger)
}

private func breakOff(_ message: Logger.Message, _ logger: Logger) -> Never {
    logger.log(.error, message)
    exit(ExitStatus.software.rawValue)
}
