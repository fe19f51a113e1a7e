import WebSocket

// MARK: What others want to know
extension SessionShard {
    /// The number of open sessions.
    package var count: Int { self.records.count }

    /// All open sessions, in no order.
    package func reports() -> [SessionReport] {
        let now = ContinuousClock.now
        return self.records.values.map { self.report($0, now: now) }
    }

    /// One session; nil where it isn't here.
    package func report(of id: SessionID) -> SessionReport? {
        self.records[id].map { self.report($0, now: .now) }
    }

    private func report(_ record: SessionRecord, now: ContinuousClock.Instant) -> SessionReport {
        self.caughtUp.settle(record)
        return SessionReport(record, mailbox: self.mailbox(of: record), now: now)
    }

    /// Those that are caught up share one.
    func mailbox(of record: SessionRecord) -> Mailbox {
        record.place == nil ? record.channel.outlet.mailbox : self.caughtUp.outlet.mailbox
    }

    /// Closes a session with 1000; false where it isn't here.
    package func close(_ id: SessionID) -> Bool {
        guard let record = self.records[id] else { return false }
        self.tell(record) { $0.close(.normal, reason: "closed by an administrator", now: .now) }
        return true
    }

    /// The sums since the start.
    package func sums() -> SessionTotals {
        var sums = self.totals
        for record in self.records.values {
            self.caughtUp.settle(record)
            sums.counters += record.channel.counters
        }
        return sums
    }

    /// The sessions that ended last, oldest first.
    package func recentlyClosed() -> [ClosedSession] {
        self.ended.recent
    }
}
