import Synchronization

/// Wakes the running capture; owned by the tree, so that it reaches whichever capture runs.
package final class FeedBell: Sendable {
    private let bell = Doorbell()
    private let wantsResync = Atomic(false)

    /// A bell that nobody has rung.
    package init() {}

    /// Asks for a look at the whole table, soon: a restarted RunsRepository needs it.
    ///
    /// The next capture does one anyway.
    package func requestResync() {
        self.wantsResync.store(true, ordering: .releasing)
        self.bell.ring()
    }

    /// Whether a look was asked for since the last call.
    func takeResync() -> Bool {
        self.wantsResync.exchange(false, ordering: .acquiringAndReleasing)
    }

    func ring() {
        self.bell.ring()
    }

    func wait() async throws(FeedError) {
        do {
            try await self.bell.wait()
        } catch {
            throw .cancelled
        }
    }

    /// Rings again and again, so that whoever waits looks at what is due.
    func tick(every interval: Duration) async throws(FeedError) {
        while true {
            do {
                try await Task.sleep(for: interval)
            } catch {
                throw .cancelled
            }
            self.ring()
        }
    }
}
