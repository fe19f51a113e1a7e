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
    private let givesWay: Bool

    /// A capture that isn't running yet.
    ///
    /// - Parameters:
    ///   - session: opens its connection.
    ///   - bell: wakes it.
    ///   - pace: how often it looks.
    ///   - givesWay: whether it ends, with ``FeedError/superseded``, when Brain's trigger has come by.
    package init(session: FeedSession, bell: FeedBell, pace: LookPace = LookPace(), givesWay: Bool = false) {
        self.session = session
        self.bell = bell
        self.pace = pace
        self.givesWay = givesWay
    }

    /// Captures until a connection is lost or the task is cancelled (`ChangeFeed.run`).
    package func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        let connection = try await self.session.open()
        let error = await FeedTasks.firstFailure(of: [
            { try await self.bell.tick(every: self.pace.sweepInterval) },
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
        live(.connected)
        let look = TableLook(connection: connection, table: table, sink: sink)
        var worker = PollWorker(look: look, pace: self.pace, givesWay: self.givesWay)
        try await worker.run(bell: self.bell, live: live)
    }
}

/// The loop of a ``PollFeed``.
private struct PollWorker {
    private var look: TableLook
    private var schedule: LookSchedule
    private var checkDue: ContinuousClock.Instant
    private let pace: LookPace
    private let givesWay: Bool

    init(look: TableLook, pace: LookPace, givesWay: Bool) {
        self.look = look
        self.schedule = LookSchedule(pace: pace, now: .now)
        self.checkDue = .now + pace.checkInterval
        self.pace = pace
        self.givesWay = givesWay
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
        live(.looked(reasons: []))
    }

    private func check() async throws(FeedError) {
        let table = try await RunsTable.read(on: self.look.connection)
        guard table == self.look.table else {
            throw .tableChanged
        }
        if self.givesWay, try await self.look.triggerState() == .current {
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
        schedule.ended(look, took: began.duration(to: .now), now: .now)
    }

    func triggerState() async throws(FeedError) -> TriggerState {
        do {
            return try await TriggerState.read(of: self.table, on: self.connection)
        } catch {
            throw FeedError(error)
        }
    }
}
