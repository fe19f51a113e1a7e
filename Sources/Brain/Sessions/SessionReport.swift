/// One open session as `/api/debug/sessions` shows it (contract §5).
package struct SessionReport: Sendable {
    /// What is known of the client.
    package let facts: SessionFacts
    /// `open`, or `closing` once a close frame has gone out.
    package let state: String
    /// What has gone over the socket.
    package let counters: SessionCounters
    /// Messages that wait for the socket.
    package let queuedRuns: Int
    /// Their bytes.
    package let queuedBytes: Int
    /// How long the oldest of them has waited.
    package let oldestQueued: Duration
    /// How long ago the socket was written to; nil before the first write.
    package let lastWriteAgo: Duration?
    /// The last round trip of a ping; nil before the first pong.
    package let roundTrip: Duration?
    /// How often the session's actor was replaced.
    package let restarts: Int
    /// The time since the admission.
    package let age: Duration

    init(_ record: SessionRecord, mailbox: Mailbox, now: ContinuousClock.Instant) {
        let channel = record.channel
        self.facts = channel.facts
        self.state = channel.closing == nil ? "open" : "closing"
        self.counters = channel.counters
        self.queuedRuns = mailbox.count
        self.queuedBytes = mailbox.byteCount
        self.oldestQueued = mailbox.oldest.map { now - $0 } ?? .zero
        self.lastWriteAgo = channel.lastWrite.map { now - $0 }
        self.roundTrip = channel.roundTrip
        self.restarts = record.generation
        self.age = now - channel.facts.since
    }
}

/// A session that has ended, as the list of the last hundred shows it.
package struct ClosedSession: Sendable {
    /// What was known of the client.
    package let facts: SessionFacts
    /// The wall clock at the end, in milliseconds since the epoch.
    package let closedAt: Int64
    /// The close code; 1006 for a socket that vanished, 1005 for a close frame without one.
    package let code: UInt16
    /// Why, in words.
    package let reason: String
    /// How long the session lasted.
    package let age: Duration
}

/// What all sessions of a process, or of one shard, add up to since the start.
package struct SessionTotals: Sendable {
    /// Sessions that were admitted.
    package var accepted = 0
    /// Sessions that failed and could not be restarted.
    package var evicted = 0
    /// Restarts of sessions' actors.
    package var restarted = 0
    /// Sessions that have ended.
    package var closed = 0
    /// What has gone over the sockets, those of ended sessions among them.
    package var counters = SessionCounters()

    /// Adds another shard's.
    package static func += (lhs: inout Self, rhs: Self) {
        lhs.accepted += rhs.accepted
        lhs.evicted += rhs.evicted
        lhs.restarted += rhs.restarted
        lhs.closed += rhs.closed
        lhs.counters += rhs.counters
    }
}

/// What has waited longest in a shard.
package struct OldestOwed: Sendable {
    /// Who is owed it.
    package let id: SessionID
    /// Since when.
    package let since: ContinuousClock.Instant
}
