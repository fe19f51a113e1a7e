import Postgres
import Runs

/// One run of a ``WalFeed``, on its two connections, from the slot to the end of the stream.
struct WalCapture: Sendable {
    /// Between two looks at `synchronous_standby_names`.
    static let standbyInterval = Duration.seconds(1)

    /// For looks at the table in the slot's snapshot, and at the catalog.
    let control: Connection
    /// Makes the slot, then streams.
    let stream: Connection
    let table: RunsTable
    let readiness: WalReadiness
    let session: FeedSession
    let bell: FeedBell
    let pace: LookPace
    let sink: any FeedSink
    let live: @Sendable (FeedProgress) -> Void

    /// Runs to the end, which is always a failure.
    ///
    /// - Returns: why it ended.
    func failure() async -> FeedError {
        do throws(FeedError) {
            let horizon = LookHorizon()
            let slot = try await WalSlotMaking(stream: self.stream).slot(
                meanwhile: self.poll(horizon),
                self.sink,
                self.live
            )
            self.live(.connected(.wal))
            try await self.enter(slot)
            try await self.start(slot)
            return await self.read(slot, through: horizon.position)
        } catch {
            return error
        }
    }

    private func poll(_ horizon: LookHorizon) -> PollFeed {
        PollFeed(
            session: self.session,
            bell: self.bell,
            pace: self.pace,
            horizon: horizon,
            reasons: ["wal: waits until transactions that write and began before have ended; meanwhile, poll"]
        )
    }

    /// Takes over the slot's snapshot, which lasts until the stream begins.
    func enter(_ slot: WalSlot) async throws(FeedError) {
        do {
            try await self.control.execute(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '\(slot.snapshot)'",
                timeout: .seconds(10)
            )
        } catch {
            throw FeedError(stream: error)
        }
        if let obstacle = try await WalReadiness.standby(on: self.control) {
            throw .walUnusable(obstacle)
        }
    }

    /// Begins the stream where the slot does.
    func start(_ slot: WalSlot) async throws(FeedError) {
        let options = "proto_version '1', publication_names '\(Migration.publication)'"
        do {
            try await self.stream.startReplication(
                "START_REPLICATION SLOT \(slot.name) LOGICAL \(slot.start) (\(options))",
                timeout: .seconds(10)
            )
        } catch {
            throw FeedError(stream: error)
        }
    }

    /// Reads the stream to its end, after a look at the table that takes in what `poll` has told up to the horizon.
    func read(_ slot: WalSlot, through horizon: LogPosition) async -> FeedError {
        let consent = FlushConsent()
        let reader = WalReader(
            self.stream,
            on: self.session.thread,
            from: slot.start,
            horizon: horizon,
            of: self.table,
            sink: self.sink,
            consent: consent
        )
        return await FeedTasks.firstFailure(of: [
            { try await reader.run { self.live(.heard) } },
            { try await self.bell.tick(every: Self.standbyInterval) },
            {
                try await self.look(with: reader, isEarly: horizon > slot.start)
                self.live(.looked(.wal, reasons: []))
                try await self.watch(consent)
            },
        ])
    }

    /// Tells the table as of the slot's beginning, with what the stream had up to the horizon in place of older rows: the
    /// slot begins too early where that lies ahead.
    private func look(with reader: WalReader, isEarly: Bool) async throws(FeedError) {
        if isEarly {
            try await self.flushLog()
        }
        let newer = NewerRuns(try await reader.changesToHorizon())
        let look = TableLook(connection: self.control, table: self.table, sink: self.sink)
        try await look.compareInSnapshot(except: newer)
        try await reader.release()
    }

    /// The horizon may lie in what isn't written yet, and an idle server may take its time: only what is written is
    /// streamed.
    ///
    /// A message that nobody reads is the way without a table. Without the right to it, it just takes longer.
    private func flushLog() async throws(FeedError) {
        let connection = try await self.session.open("SET synchronous_commit TO local;")
        try? await connection.execute(
            "SELECT pg_catalog.pg_logical_emit_message(true, 'brain', '')",
            timeout: .seconds(10)
        )
        await connection.close()
    }

    /// Looks at what would make the stream wrong, for as long as it lasts.
    private func watch(_ consent: FlushConsent) async throws(FeedError) {
        var checkDue = ContinuousClock.now + self.pace.checkInterval
        while true {
            if self.bell.takeResync() {
                throw .resync(.asked)
            }
            if let obstacle = try await WalReadiness.standby(on: self.control) {
                throw .walUnusable(obstacle)
            }
            consent.given(at: .now)
            if checkDue <= .now {
                try await self.check()
                checkDue = .now + self.pace.checkInterval
            }
            try await self.bell.wait()
        }
    }

    private func check() async throws(FeedError) {
        guard try await RunsTable.read(on: self.control) == self.table else {
            throw .tableChanged
        }
        guard try await WalReadiness.read(of: self.table, on: self.control) == self.readiness else {
            throw .tableChanged
        }
    }
}
