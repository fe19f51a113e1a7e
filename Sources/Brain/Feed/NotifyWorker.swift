import Postgres

/// The loop of a ``NotifyFeed``, on its asking connection.
struct NotifyWorker {
    private var look: TableLook
    private let inbox: NotifyInbox
    private let pace: LookPace
    private let better: BetterCaptures
    private var schedule: LookSchedule
    private var checkDue: ContinuousClock.Instant
    private var lockDue: ContinuousClock.Instant
    private var probeDue: ContinuousClock.Instant
    private var holdsLock = false
    private var isQueueFilling = false

    init(look: TableLook, inbox: NotifyInbox, pace: LookPace, better: BetterCaptures) {
        self.look = look
        self.inbox = inbox
        self.pace = pace
        self.better = better
        self.schedule = LookSchedule(pace: pace, now: .now)
        self.checkDue = .now + pace.checkInterval
        self.lockDue = .now
        self.probeDue = .now + HearingProbe.interval
    }

    mutating func run(bell: FeedBell, live: @Sendable (FeedProgress) -> Void) async throws(FeedError) {
        try await self.checkTrigger()
        try await self.checkHearing(bell: bell)
        live(.connected(.notify))
        while true {
            try await self.probeIfDue()
            try await self.takeLockIfDue()
            try await self.checkIfDue()
            if bell.takeResync() || self.inbox.takeEverything() {
                self.schedule.askedForCompare(now: .now)
            }
            try await self.lookIfDue(live)
            try await self.lookAtNamed(bell: bell, live)
            try await bell.wait()
            try await self.checkConnection()
        }
    }

    private mutating func lookIfDue(_ live: @Sendable (FeedProgress) -> Void) async throws(FeedError) {
        guard let due = self.schedule.due(now: .now) else {
            return
        }
        try await self.checkQueue()
        try await self.look.perform(due, in: &self.schedule)
        live(.looked(.notify, reasons: self.reasons))
    }

    /// One piece a turn: however many are named, what else is due gets its turn.
    private mutating func lookAtNamed(
        bell: FeedBell,
        _ live: @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        let ids = self.inbox.takeIDs()
        guard !ids.isEmpty else {
            return
        }
        try await self.look.look(at: ids)
        live(.looked(.notify, reasons: self.reasons))
        bell.ring()
    }

    private var reasons: [String] {
        if self.isQueueFilling {
            return ["notify: the server's notification queue is filling up: looking at the table instead"]
        }
        return self.holdsLock ? [] : ["notify: another session holds Brain's advisory lock: looking at the table too"]
    }
}

extension NotifyWorker {
    /// How long one try may keep notifications waiting.
    private static let lockTimeout = "100ms"

    /// The writers that began while no Brain listened share the lock until they have ended.
    ///
    /// While Brain waits for it, no further writer gets a share: so it comes, as soon as the longest of them has ended.
    private mutating func takeLockIfDue() async throws(FeedError) {
        guard !self.holdsLock, self.lockDue <= .now else {
            return
        }
        do {
            try await self.look.connection.execute(
                """
                SET lock_timeout TO '\(Self.lockTimeout)'; SELECT pg_catalog.pg_advisory_lock(\(BrainTrigger.lockKey));
                SET lock_timeout TO 0
                """,
                timeout: .seconds(60)
            )
            self.holdsLock = true
            self.schedule.askedForSweep(now: .now)
            self.relaxIfPossible()
        } catch .server("55P03", _, _) {
            self.lockDue = .now + self.pace.sweepInterval * 2
        } catch {
            throw FeedError(error)
        }
    }

    /// Notices the end of an idle connection without asking the server: with it the lock is gone, and the trigger silent.
    private func checkConnection() async throws(FeedError) {
        do {
            _ = try await self.look.connection.notifications(timeout: .zero)
        } catch {
            throw FeedError(error)
        }
    }

    private mutating func relaxIfPossible() {
        self.schedule.relaxed(self.holdsLock && !self.isQueueFilling, now: .now)
    }

    /// The trigger is silent from a half on; below that by a margin, looks take over.
    private mutating func checkQueue() async throws(FeedError) {
        let rows = try await self.look.query("SELECT pg_catalog.pg_notification_queue_usage() > 0.4")
        self.isQueueFilling = rows[0, 0] == "t"
        self.relaxIfPossible()
    }

    private mutating func checkIfDue() async throws(FeedError) {
        guard self.checkDue <= .now else {
            return
        }
        self.checkDue = .now + self.pace.checkInterval
        guard try await RunsTable.read(on: self.look.connection) == self.look.table else {
            throw .tableChanged
        }
        try await self.checkTrigger()
        if try await self.better.isThere(for: self.look.table, on: self.look.connection) {
            throw .superseded
        }
    }

    /// Before the lock is taken: by a pooler's connection it would be held on and on.
    private func checkHearing(bell: FeedBell) async throws(FeedError) {
        try await self.inbox.probe.send(on: self.look.connection)
        while !self.inbox.probe.isAnswered {
            try await bell.wait()
            try self.inbox.probe.check(at: .now)
        }
    }

    private mutating func probeIfDue() async throws(FeedError) {
        try self.inbox.probe.check(at: .now)
        if self.probeDue <= .now {
            self.probeDue = .now + HearingProbe.interval
            try await self.inbox.probe.send(on: self.look.connection)
        }
    }

    private func checkTrigger() async throws(FeedError) {
        let state = try await TriggerState.found(for: self.look.table, on: self.look.connection)
        guard state == .current else {
            throw .triggerUnusable(state)
        }
    }
}
