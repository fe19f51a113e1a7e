import Postgres

/// The capture that needs nothing but SELECT: it looks at the rows' `xmin`, and at the whole table for removed rows.
///
/// Exact: a sweep finds each row whose transaction had not ended at the last one, however late it commits. A run's
/// state is seen at each look; what came and went between two isn't.
package struct PollFeed: ChangeFeed {
    /// `poll`.
    package let name = CaptureName.poll
    private let session: FeedSession
    private let bell: FeedBell
    private let pace: LookPace
    private let better: BetterCaptures
    private let horizon: LookHorizon?
    private let reasons: [String]

    /// A capture that isn't running yet.
    ///
    /// - Parameters:
    ///   - session: opens its connection.
    ///   - bell: wakes it.
    ///   - pace: how often it looks.
    ///   - better: captures for one of which it ends, with ``FeedError/superseded``, once that can be had.
    ///   - horizon: is told how far into the log it has seen.
    ///   - reasons: why it runs, where that is for a while.
    init(
        session: FeedSession,
        bell: FeedBell,
        pace: LookPace = LookPace(),
        better: BetterCaptures = .none,
        horizon: LookHorizon? = nil,
        reasons: [String] = []
    ) {
        self.session = session
        self.bell = bell
        self.pace = pace
        self.better = better
        self.horizon = horizon
        self.reasons = reasons
    }

    /// Captures until a connection is lost or the task is cancelled (`ChangeFeed.run`).
    package func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        let connection = try await self.session.open()
        let error = await FeedTasks.firstFailure(of: [
            { try await self.bell.tick(every: self.pace.tick) },
            { try await self.work(connection, sink, live) },
        ])
        await connection.close()
        throw error
    }

    private func work(
        _ connection: Connection,
        _ sink: any FeedSink,
        _ live: @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        let table = try await RunsTable.read(on: connection)
        live(.connected(.poll))
        let look = TableLook(connection: connection, table: table, sink: sink, horizon: self.horizon)
        var worker = PollWorker(look: look, pace: self.pace, better: self.better, reasons: self.reasons)
        try await worker.run(bell: self.bell, live: live)
    }
}

/// The loop of a ``PollFeed``.
private struct PollWorker {
    private var look: TableLook
    private var schedule: LookSchedule
    private var checkDue: ContinuousClock.Instant
    private let pace: LookPace
    private let better: BetterCaptures
    private let reasons: [String]

    init(look: TableLook, pace: LookPace, better: BetterCaptures, reasons: [String]) {
        self.look = look
        self.schedule = LookSchedule(pace: pace, now: .now)
        self.checkDue = .now + pace.checkInterval
        self.pace = pace
        self.better = better
        self.reasons = reasons
    }

    mutating func run(bell: FeedBell, live: @Sendable (FeedProgress) -> Void) async throws(FeedError) {
        while true {
            try await self.lookIfDue(bell: bell, live: live)
            try await bell.wait()
        }
    }

    private mutating func lookIfDue(
        bell: FeedBell,
        live: @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        if bell.takeResync() {
            self.schedule.askedForCompare(now: .now)
        }
        if self.checkDue <= .now {
            self.checkDue = .now + self.pace.checkInterval
            try await self.check()
        }
        guard let due = self.schedule.due(now: .now) else {
            return
        }
        try await self.look.perform(due, in: &self.schedule)
        live(.looked(.poll, reasons: self.reasons))
    }

    private func check() async throws(FeedError) {
        let table = try await RunsTable.read(on: self.look.connection)
        guard table == self.look.table else {
            throw .tableChanged
        }
        if try await self.better.isThere(for: table, on: self.look.connection) {
            throw .superseded
        }
    }
}

extension TableLook {
    /// Makes a look and notes what it cost.
    mutating func perform(_ look: LookSchedule.Look, in schedule: inout LookSchedule) async throws(FeedError) {
        let began = ContinuousClock.now
        switch look {
        case .sweep: try await self.sweep()
        case .compare: try await self.compare()
        }
        let cost = began.duration(to: .now)
        self.took(cost)
        schedule.ended(look, took: cost, now: .now)
    }
}
