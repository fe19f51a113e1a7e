package import Runs

/// What a capture saw, in the order in which it saw it.
package enum FeedEvent: Sendable, Equatable {
    /// A look at the whole table begins: all of its rows follow, in pieces.
    case sweepBegan
    /// Rows as they are now, changed or not; of one run the later is the newer.
    case rows([RunRow])
    /// The whole table has been told since the last `sweepBegan`: what wasn't named is gone.
    case sweepEnded
    /// Ids whose rows are no longer there.
    case gone([String])
    /// What committed transactions did, in their order.
    case changes([RunChange])
}

/// Where a capture puts what it saw.
package protocol FeedSink: Sendable {
    /// Takes an event, waiting while there is no room: a capture reads no faster than Brain takes in.
    ///
    /// - Parameter event: what was seen.
    /// - Throws: `CancellationError` where the task was cancelled; the event isn't taken then.
    func put(_ event: FeedEvent) async throws(CancellationError)

    /// Takes changes at once, after all that was put or posted before: a stream must never be kept waiting.
    ///
    /// - Parameter changes: what committed transactions did, in their order.
    /// - Returns: false where too much waits already; nothing was taken then, and the table has to be looked at.
    func post(_ changes: [RunChange]) -> Bool
}
