package import Runs
import Synchronization

/// The bounded way from a capture to the RunsRepository; owned by the tree, so that it outlives both.
///
/// One puts and one takes: the newest that took over the putting, or the taking. Full, it makes a capture wait that looks at the table,
/// never the database's writers; a capture that streams doesn't wait: what it posts is conflated while it is here, and
/// over the bound it is told to look at the table. What a repository had taken when it crashed is lost; the next one asks
/// for such a look (``FeedBell/requestResync()``).
package final class FeedChannel: Sendable {
    /// Changes that may wait of what was posted; with fewer, any transaction that isn't a catch-up is taken.
    private static let mostChanges = 200_000
    private static let mostBytes = 128 << 20
    private static let pieceSize = 2000

    private let capacity: Int
    private let state = Mutex(State())
    private let filled = Doorbell()
    private let emptied = Doorbell()

    fileprivate struct State {
        var events: [FeedEvent] = []
        /// What was posted; always newer than `events`.
        var posted = ChangeBacklog(.keepingEnds)
        var claim = 0
        /// Of the newest inlet.
        var inlet = 0
        var hasGiven = false
    }

    /// An empty channel.
    ///
    /// - Parameter capacity: how many events may wait, at least 1; rows come in pieces of at most
    ///   ``TableLook/pieceSize``.
    package init(capacity: Int = 4) {
        self.capacity = max(1, capacity)
    }

    /// Takes over the putting: of a capture left over from a child that was given up nothing more is taken.
    package func inlet() -> FeedInlet {
        defer {
            self.emptied.ring()
        }
        return self.state.withLock { state in
            state.inlet += 1
            return FeedInlet(channel: self, number: state.inlet)
        }
    }

    fileprivate func put(_ event: FeedEvent, by inlet: Int) async throws(CancellationError) {
        while try !self.add(event, by: inlet) {
            try await self.emptied.wait()
        }
        self.filled.ring()
    }

    fileprivate func post(_ changes: [RunChange], by inlet: Int) -> Bool {
        let isTaken = self.state.withLock { state in
            guard state.inlet == inlet, state.posted.count < Self.mostChanges, state.posted.bytes < Self.mostBytes
            else {
                return false
            }
            for change in changes {
                state.posted.add(change)
            }
            return true
        }
        self.filled.ring()
        return isTaken
    }

    /// Takes over the taking: whoever took before is thrown out, as one left over from a child that was given up must
    /// be.
    ///
    /// - Returns: what ``take(_:)`` asks for, and whether something was taken before, so that the taker can't know all.
    package func claim() -> (claim: Int, isLate: Bool) {
        defer {
            self.filled.ring()
        }
        return self.state.withLock { state in
            state.claim += 1
            return (state.claim, state.hasGiven)
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

    private func add(_ event: FeedEvent, by inlet: Int) throws(CancellationError) -> Bool {
        try self.state.withLock { state throws(CancellationError) in
            guard state.inlet == inlet, !Task.isCancelled else {
                throw CancellationError()
            }
            guard state.events.count < self.capacity, state.posted.isEmpty else {
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
            guard let event = state.next(Self.pieceSize) else {
                return nil
            }
            state.hasGiven = true
            return event
        }
    }
}

extension FeedChannel.State {
    fileprivate mutating func next(_ pieceSize: Int) -> FeedEvent? {
        guard self.events.isEmpty else {
            return self.events.removeFirst()
        }
        return self.posted.isEmpty ? nil : .changes(self.posted.take(pieceSize))
    }
}

/// Where one capture puts what it sees, until another takes over.
package struct FeedInlet: FeedSink {
    fileprivate let channel: FeedChannel
    fileprivate let number: Int

    /// Waits while four events are there; throws also where another one puts now.
    package func put(_ event: FeedEvent) async throws(CancellationError) {
        try await self.channel.put(event, by: self.number)
    }

    /// Adds to what waits, unless that is 200 000 changes or 128 MiB of texts already, or another one posts now.
    package func post(_ changes: [RunChange]) -> Bool {
        self.channel.post(changes, by: self.number)
    }
}
