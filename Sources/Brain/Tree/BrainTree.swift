import Supervision

/// The whole tree, in one literal: every child, in the order of dependence, with what happens when it ends.
///
/// The Acceptor is last in and first out. `Docs/Architecture.md` holds the same picture, and a test compares the two.
enum BrainTree {
    /// A child that failed once is up again before anybody notices; one that fails again and again has 2 s at least, before
    /// it is given up, for what it lacks to come back.
    static let backoff = Backoff(initial: .milliseconds(20), factor: 4)

    /// The children of the root, as the house needs them.
    ///
    /// - Parameters:
    ///   - house: what the tree owns.
    ///   - tree: asks for the state of the tree.
    ///   - listening: called with the port, each time the Acceptor listens.
    /// - Returns: the lines of the tree, in the order of start.
    static func children(
        of house: House,
        tree: @escaping @Sendable () async -> ChildSnapshot?,
        listening: @escaping @Sendable (Int) -> Void
    ) -> [ChildSpec] {
        let time = StopTimes(drain: house.configuration.server.drainTimeout)
        return Self.postgres(of: house, stopDeadline: time.share(0.2)) + [
            ChildSpec(
                id: "change-feed",
                purpose: "one capture at a time; a database outage is a state of it, not a crash",
                stopDeadline: time.share(0.05)
            ) { house.makeFeedKeeper() },
            ChildSpec(
                id: "runs-repository",
                purpose: "ledger, difference, order; the API's queries on connections of their own",
                startDeadline: .seconds(120),
                stopDeadline: time.share(0.03)
            ) { house.makeRepository() },
            ChildSpec(
                id: "rate-governor",
                purpose: "admission as a lease that gives itself back",
                stopDeadline: time.share(0.02)
            ) { house.makeGovernor() },
            ChildSpec(
                id: "broadcaster",
                purpose: "conflation, encoding, one shard per event loop",
                stopDeadline: time.share(0.05)
            ) { house.makeBroadcaster() },
            ChildSpec(
                id: "sessions",
                purpose: "one ClientSession per socket: restarted on its socket, else evicted with 1011",
                stopDeadline: time.share(0.55),
                count: { house.directory.count },
                make: { house.makeSessions(drainTimeout: house.configuration.server.drainTimeout) }
            ),
            ChildSpec(
                id: "auditor",
                purpose: "counts, leaks, liveness of every actor",
                stopDeadline: time.share(0.02)
            ) { house.makeAuditor(tree: tree) },
            ChildSpec(
                id: "acceptor",
                purpose: "the listening socket, HTTP, the upgrade",
                stopDeadline: time.share(0.05)
            ) { house.makeAcceptor(tree: tree, listening: listening) },
        ]
    }

    private static func postgres(of house: House, stopDeadline: Duration) -> [ChildSpec] {
        guard let directory = house.database.dataDirectory else { return [] }
        return [
            ChildSpec(
                id: "postgres",
                purpose: "the embedded server, only where no database is named",
                startDeadline: .seconds(120),
                stopDeadline: stopDeadline
            ) { house.makePostgres(in: directory, stopDeadline: stopDeadline * 0.8) }
        ]
    }
}

/// How the time of the drain is shared out: all stops together stay within it.
private struct StopTimes {
    let drain: Duration

    func share(_ part: Double) -> Duration {
        self.drain * part
    }
}
