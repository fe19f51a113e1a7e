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

    private let findSessions: @Sendable (_ census: Int) async -> Void

    /// Makes a governor over a book that may have counted for an earlier one.
    ///
    /// - Parameters:
    ///   - gate: decides who may talk to the daemon.
    ///   - book: decides how many may.
    ///   - findSessions: tells the lease of each session there is that a census has found it.
    package init(gate: Gate, book: AdmissionBook, findSessions: @escaping @Sendable (_ census: Int) async -> Void) {
        self.gate = gate
        self.book = book
        self.findSessions = findSessions
    }

    /// Counts the sessions anew, then prunes every few seconds until cancelled.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        await self.recount()
        started()
        while true {
            try await Task.sleep(for: Self.pruneInterval)
            self.book.prune(now: .now)
        }
    }

    /// The leases count right by themselves; where the Auditor's census has begun in between, it finds what doesn't.
    private func recount() async {
        let census = self.book.beginCensus()
        await self.findSessions(census)
        _ = self.book.adopt(census: census)
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}
}
