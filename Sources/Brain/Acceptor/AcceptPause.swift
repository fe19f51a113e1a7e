import NIOCore

/// Decides how long a listener rests that had no descriptor for a connection, and what of it is news.
///
/// Rests grow twice as long each time, up to ``longest``, until a connection is accepted.
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

    /// What an accepted connection says of a shortage.
    enum Accepted: Equatable, Sendable {
        /// Nothing: there is none, or it may come back at once.
        case goesOn
        /// It hasn't come back for ``AcceptPause/longest``.
        case over(isNews: Bool)
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
    mutating func accepted(now: NIODeadline) -> Accepted {
        self.next = Self.shortest
        guard let last = self.lastShortage, now - last >= Self.longest else { return .goesOn }
        defer { self.isTold = false }
        self.lastShortage = nil
        return .over(isNews: self.isTold)
    }
}
