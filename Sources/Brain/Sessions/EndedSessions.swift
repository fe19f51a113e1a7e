/// What a shard remembers of sessions that are gone: the last ones for the list, and whether their actors are gone too.
struct EndedSessions {
    private struct Watched {
        let id: SessionID
        let since: ContinuousClock.Instant
        weak var session: ClientSession?
    }

    /// Contract §5.
    static let remembered = 100
    /// A weak reference costs 56 bytes; past this many the oldest are no longer watched.
    static let watchedAtMost = 10_000

    /// The last ones, oldest first.
    private(set) var recent: [ClosedSession] = []
    private var watched: [Watched] = []

    mutating func add(_ record: SessionRecord, now: ContinuousClock.Instant) {
        let facts = record.channel.facts
        let closing = record.channel.closing ?? (1006, "the connection was lost")
        self.recent.append(
            ClosedSession(
                facts: facts,
                closedAt: WallClock.milliseconds,
                code: closing.code,
                reason: closing.reason,
                age: now - facts.since
            )
        )
        if self.recent.count > Self.remembered { self.recent.removeFirst() }
        self.watch(record.session, of: facts.id, now: now)
    }

    mutating func watch(_ session: ClientSession, of id: SessionID, now: ContinuousClock.Instant) {
        if self.watched.count >= Self.watchedAtMost { self.watched.removeAll { $0.session == nil } }
        if self.watched.count >= Self.watchedAtMost { self.watched.removeFirst() }
        self.watched.append(Watched(id: id, since: now, session: session))
    }

    /// The ended sessions whose actors are still alive, with the time since their end.
    mutating func alive(now: ContinuousClock.Instant) -> [LingeringSession] {
        self.watched.removeAll { $0.session == nil }
        return self.watched.map { LingeringSession(id: $0.id, age: now - $0.since) }
    }
}

/// An ended session whose actor something still holds.
package struct LingeringSession: Sendable, Equatable {
    /// The session.
    package let id: SessionID
    /// The time since its end.
    package let age: Duration
}
