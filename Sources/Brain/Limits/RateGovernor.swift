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

    /// How often the sessions are gathered because one came or went meanwhile.
    private static let attempts = 3

    private let clients: @Sendable () async -> [IPAddress]

    /// Makes a governor over a book that may have counted for an earlier one.
    ///
    /// - Parameters:
    ///   - gate: decides who may talk to the daemon.
    ///   - book: decides how many may.
    ///   - clients: gathers the client of each session there is.
    package init(gate: Gate, book: AdmissionBook, clients: @escaping @Sendable () async -> [IPAddress]) {
        self.gate = gate
        self.book = book
        self.clients = clients
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

    /// Only by a list in which nobody is missing and nobody has left: the leases count right by themselves, and what
    /// isn't right nevertheless, the Auditor finds.
    private func recount() async {
        for _ in 1...Self.attempts {
            let before = self.book.counts
            let clients = await self.clients()
            if self.book.recount(sessions: clients, unlessMovedSince: before) { return }
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}
}
