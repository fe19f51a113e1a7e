import Supervision

/// A session as its shard keeps it: no task, only what a restart needs.
// Safety: confined to the event loop of its shard, which alone holds it.
final class SessionRecord: @unchecked Sendable {
    let channel: SessionChannel
    var session: ClientSession
    /// Counts the instances; an event for an earlier one is dropped with it.
    private(set) var generation = 0
    /// Whether the daemon stops: the next instance has to know, too.
    var isDraining = false
    /// Whether the end of its close is among the deadlines.
    var isAwaitingEnd = false
    /// Where it stands among those that are caught up; nil while it is behind.
    var place: Place?
    private var budget = RestartBudget(SessionRecord.intensity)

    struct Place {
        var index: Int
        /// What all that are caught up had been sent when this one came.
        var sentBefore: SentCount
    }

    /// Contract §2: up to 3 times in 60 s, then the session is closed with 1011.
    static let intensity = RestartIntensity(restarts: 3, period: .seconds(60))

    init(channel: SessionChannel, session: ClientSession) {
        self.channel = channel
        self.session = session
    }

    /// Whether what goes out next may go straight to its socket: nothing is owed, held back or about to end it.
    var isCaughtUp: Bool { self.channel.isCaughtUp && self.session.assumeIsolated { $0.takesAll } }

    /// Whether all that it waits for is the push rate.
    var isHeldBack: Bool { self.channel.isHeldBack && self.session.assumeIsolated { $0.writes } }

    /// Counts a crash; false where the session can't be started again on its socket.
    func mayRestart(now: ContinuousClock.Instant) -> Bool {
        self.generation += 1
        return self.channel.closing == nil && self.channel.isAlive && self.budget.failed(at: now)
    }
}

/// What a session has on its shard's wheel of deadlines: one of the first for as long as it lives, and once the other.
enum SessionDeadline {
    /// Its socket and its pings are to be looked at.
    case look(SessionID)
    /// Its peer hasn't answered the close frame, or hasn't taken the answer to its own.
    case endOfClose(SessionID)
}
