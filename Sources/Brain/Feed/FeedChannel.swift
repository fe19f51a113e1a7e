import Synchronization

/// The bounded way from a capture to the RunsRepository; owned by the tree, so that it outlives both.
///
/// One puts and one takes: the newest that claimed the taking. Full, it makes the capture wait, never the database's
/// writers. What a repository had taken when it crashed is lost; the next one asks for a look at the whole table
/// (``FeedBell/requestResync()``).
package final class FeedChannel: FeedSink {
    private let capacity: Int
    private let state = Mutex(State())
    private let filled = Doorbell()
    private let emptied = Doorbell()

    private struct State {
        var events: [FeedEvent] = []
        var claim = 0
    }

    /// An empty channel.
    ///
    /// - Parameter capacity: how many events may wait, at least 1; rows come in pieces of at most
    ///   ``TableLook/pieceSize``.
    package init(capacity: Int = 4) {
        self.capacity = max(1, capacity)
    }

    /// Waits while four events are there.
    package func put(_ event: FeedEvent) async throws(CancellationError) {
        while !self.add(event) {
            try await self.emptied.wait()
        }
        self.filled.ring()
    }

    /// Takes over the taking: whoever took before is thrown out, as one left over from a child that was given up must
    /// be.
    ///
    /// - Returns: what ``take(_:)`` asks for.
    package func claim() -> Int {
        defer {
            self.filled.ring()
        }
        return self.state.withLock { state in
            state.claim += 1
            return state.claim
        }
    }

    /// The oldest event, waiting until there is one.
    ///
    /// - Parameter claim: from ``claim()``.
    /// - Returns: an event; nobody else gets it.
    /// - Throws: `CancellationError` where the task was cancelled, or another one takes now.
    package func take(_ claim: Int) async throws(CancellationError) -> FeedEvent {
        while true {
            if let event = try self.removeFirst(claim) {
                self.emptied.ring()
                return event
            }
            try await self.filled.wait()
        }
    }

    private func add(_ event: FeedEvent) -> Bool {
        self.state.withLock { state in
            guard state.events.count < self.capacity else {
                return false
            }
            state.events.append(event)
            return true
        }
    }

    private func removeFirst(_ claim: Int) throws(CancellationError) -> FeedEvent? {
        try self.state.withLock { state throws(CancellationError) in
            guard state.claim == claim, !Task.isCancelled else {
                throw CancellationError()
            }
            return state.events.isEmpty ? nil : state.events.removeFirst()
        }
    }
}
