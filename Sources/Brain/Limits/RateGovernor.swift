import Supervision

/// The child `rate-governor`: holds the gate and the book of admissions, and keeps the book small and right.
///
/// Event loops ask the gate and the book directly, without a hop: neither belongs to the actor's state, and both
/// answer while it is restarted.
package actor RateGovernor: Child {
    /// How often rates that nobody uses up are forgotten.
    private static let pruneInterval = Duration.seconds(5)

    /// Decides who may talk to the daemon at all.
    package nonisolated let gate: Gate
    /// Decides how many may.
    package nonisolated let book: AdmissionBook

    private let directory: SessionDirectory

    /// Makes a governor over a book that may have counted for an earlier one.
    package init(gate: Gate, book: AdmissionBook, directory: SessionDirectory) {
        self.gate = gate
        self.book = book
        self.directory = directory
    }

    /// Counts the sessions anew, then prunes every few seconds until cancelled.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        self.book.recount(sessions: await self.directory.reports().map(\.facts.client))
        started()
        while true {
            try await Task.sleep(for: Self.pruneInterval)
            self.book.prune(now: .now)
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}
}
