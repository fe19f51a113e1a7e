import Supervision

/// The child `sessions`: keeps the shards' clocks going, and drains them when the tree stops.
package actor Sessions: Child {
    /// What is owed goes out, and the clients are told to come back, within the first third of the drain (contract §1).
    private static let spreadShare = 3
    /// How often the drain looks whether everyone has gone.
    private static let look = Duration.milliseconds(20)

    private let directory: SessionDirectory
    private let drainTimeout: Duration
    private let handOut: @Sendable () async -> Void

    /// Takes over the directory's clocks.
    ///
    /// - Parameters:
    ///   - directory: whose sessions they are.
    ///   - drainTimeout: of which the drain takes half at most.
    ///   - handOut: gives the sessions what is still on its way to them; the drain begins with it.
    package init(
        directory: SessionDirectory,
        drainTimeout: Duration,
        handOut: @escaping @Sendable () async -> Void = {}
    ) {
        self.directory = directory
        self.drainTimeout = drainTimeout
        self.handOut = handOut
    }

    /// Starts the clocks; the sessions outlive it.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        for shard in self.directory.shards { await shard.start() }
        started()
        try await untilCancelled()
    }

    /// Lets each session have what it is owed, and tells it to come back, within the drain's time.
    package func stop() async {
        let end = ContinuousClock.now + self.drainTimeout / 2
        await self.handOut()
        for shard in self.directory.shards {
            await shard.drain(within: self.drainTimeout / Self.spreadShare)
        }
        await self.awaitEnd(until: end)
        for shard in self.directory.shards {
            await shard.disconnectAll()
            await shard.stop()
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}

    private func awaitEnd(until deadline: ContinuousClock.Instant) async {
        while self.directory.count > 0, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: Self.look)
        }
    }
}
