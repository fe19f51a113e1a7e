import Synchronization

/// Whether a shard has anyone to deliver to: what the Broadcaster asks before it hops to an event loop.
///
/// Written on the shard's loop alone. A session that joins just after the question isn't owed what was at hand then: it
/// has not had its 101.
package final class ShardPresence: Sendable {
    private let sessions = Atomic(0)
    private let awaitingSnapshot = Atomic(false)
    private let passedOver = Atomic<UInt64>(0)
    private let openSockets = Atomic(0)

    /// Whether the shard has no session.
    package var isEmpty: Bool { self.sessions.load(ordering: .acquiring) == 0 }

    /// How many sockets have become a session's and aren't closed.
    var sockets: Int { self.openSockets.load(ordering: .relaxed) }

    /// Whether a session waits for a snapshot, or one that did has left others behind.
    package var awaitsSnapshot: Bool { self.awaitingSnapshot.load(ordering: .acquiring) }

    /// The number up to which frames went out while nobody was there: whoever joins isn't owed them.
    var lastPassedOver: UInt64 { self.passedOver.load(ordering: .acquiring) }

    /// Frames up to a number went out while nobody was there.
    package func passedOver(through number: UInt64) {
        self.passedOver.max(number, ordering: .acquiringAndReleasing)
    }

    func socketOpened() {
        self.openSockets.add(1, ordering: .relaxed)
    }

    func socketClosed() {
        self.openSockets.subtract(1, ordering: .relaxed)
    }

    /// Puts the count of sockets right.
    func recount(sockets: Int) {
        self.openSockets.store(sockets, ordering: .relaxed)
    }

    func joined(awaitsSnapshot: Bool) {
        self.sessions.add(1, ordering: .releasing)
        if awaitsSnapshot {
            self.awaitingSnapshot.store(true, ordering: .releasing)
        }
    }

    func left() {
        if self.sessions.subtract(1, ordering: .releasing).newValue == 0 {
            self.hasSnapshots()
        }
    }

    /// Every session that waited has its snapshot.
    func hasSnapshots() {
        self.awaitingSnapshot.store(false, ordering: .releasing)
    }
}
