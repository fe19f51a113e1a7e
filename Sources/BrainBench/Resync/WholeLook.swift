import Brain
import Postgres
import Runs

/// A look at the whole table on its way into a ledger, all in this process: what a capture does first.
struct WholeLook: Sendable {
    private let site: BenchSite
    private let room = LedgerRoom(RunLedger(updateInterval: .zero))
    private let thread: PollThread

    /// In milliseconds.
    struct Times: Encodable, Sendable {
        let first: Double
        let unchanged: Spread?
        let changedRuns: Int
        let changed: Spread?
    }

    /// - Parameter site: its table is looked at.
    /// - Throws: where the system gives no thread.
    init(site: BenchSite) throws {
        self.site = site
        self.thread = try PollThread(name: "bench-look")
    }

    /// Looks again and again, with nothing changed and with a run in a hundred.
    func measure(rounds: Int) async throws -> Times {
        defer { self.thread.stop() }
        let changedRuns = max(1, self.site.runs / 100)
        let first = try await self.look()
        var unchanged: [Double] = []
        var changed: [Double] = []
        for round in 1...rounds {
            unchanged.append(try await self.look())
            // Spread over the table, as life does it.
            try await self.site.admin.execute(
                """
                UPDATE runs SET progress = \(600_000_000 + round)
                WHERE id IN (SELECT 'run-' || n * 100 FROM generate_series(1, \(changedRuns)) n)
                """
            )
            changed.append(try await self.look())
        }
        return Times(
            first: first,
            unchanged: Distribution(unchanged).spread,
            changedRuns: changedRuns,
            changed: Distribution(changed).spread
        )
    }

    /// A capture's first look, from its beginning to when the ledger has all of it.
    private func look() async throws -> Double {
        let (channel, bell) = (FeedChannel(), FeedBell())
        let repository = RunsRepository(room: self.room, channel: channel, bell: bell, wake: {})
        let session = FeedSession(target: self.site.target, thread: self.thread)
        let feed = FeedKeeper(FeedChoice(.poll, session: session, bell: bell), channel: channel, gauge: FeedGauge())
        return try await withThrowingTaskGroup(of: Double?.self) { group in
            group.addTask {
                try await feed.run {}
                return nil
            }
            group.addTask { try await Self.takeIn(channel, repository) }
            defer { group.cancelAll() }
            while let time = try await group.next() {
                if let time { return time }
            }
            throw BenchError.late("the end of the look")
        }
    }

    private static func takeIn(_ channel: FeedChannel, _ repository: RunsRepository) async throws -> Double {
        let claim = channel.claim().claim
        var began = ContinuousClock.now
        while true {
            let event = try await channel.take(claim)
            if event == .sweepBegan { began = .now }
            await repository.apply(event)
            if event == .sweepEnded { return began.duration(to: .now).milliseconds }
        }
    }
}
