import NIOCore

/// Decides how long a listener rests that had no descriptor for a connection, and what of it is news.
///
/// The accept after the rest is the look: rests grow twice as long each time, up to ``longest``, until one is accepted.
/// A shortage that comes and goes with each client that leaves is told at most once in ``silence``.
struct AcceptPause: Sendable {
    /// The first rest.
    static let shortest = TimeAmount.milliseconds(10)
    /// What a client waits at most once there is room again.
    static let longest = TimeAmount.seconds(1)
    /// The time between two warnings.
    static let silence = TimeAmount.minutes(1)

    /// What a listener is to do that ran short.
    struct Rest: Equatable, Sendable {
        let length: TimeAmount
        /// Whether it is to be told.
        let isNews: Bool
    }

    private var next = Self.shortest
    private var lastShortage: NIODeadline?
    private var lastWarning: NIODeadline?
    /// Whether a shortage was told whose end wasn't.
    private var isTold = false

    /// An accept failed for want of something.
    mutating func ranShort(now: NIODeadline) -> Rest {
        defer { self.next = min(self.next + self.next, Self.longest) }
        self.lastShortage = now
        let isNews = self.lastWarning.map { now - $0 >= Self.silence } ?? true
        if isNews {
            self.lastWarning = now
            self.isTold = true
        }
        return Rest(length: self.next, isNews: isNews)
    }

    /// A connection was accepted.
    ///
    /// - Returns: whether it is news that the shortage is over: it was told, and hasn't come back for ``longest``.
    mutating func accepted(now: NIODeadline) -> Bool {
        self.next = Self.shortest
        guard self.isTold, let last = self.lastShortage, now - last >= Self.longest else { return false }
        self.isTold = false
        return true
    }
}
