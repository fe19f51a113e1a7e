import CLinux
import Glibc
import Synchronization

/// What others want of the thread of a ``ClientCrowd``, and what it tells them.
final class CrowdMailbox: Sendable {
    /// What has been asked for since the last look.
    struct Orders: Sendable {
        /// How many open clients to reset.
        var resets = 0
        var departs = false
        var stops = false
    }

    private struct State {
        var orders = Orders()
        var census = CrowdCensus()
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// An eventfd that is readable while there are orders; negative where there is none, then they wait for the next
    /// round.
    let wakeup = clinux_eventfd()
    private let state = Mutex(State())

    deinit {
        if self.wakeup >= 0 { close(self.wakeup) }
    }

    var census: CrowdCensus { self.state.withLock { $0.census } }

    func publish(_ census: CrowdCensus) {
        self.state.withLock { $0.census = census }
    }

    func post(_ change: (inout Orders) -> Void) {
        self.state.withLock { change(&$0.orders) }
        var one: UInt64 = 1
        _ = write(self.wakeup, &one, MemoryLayout<UInt64>.size)
    }

    /// The orders, which are then no longer there.
    func take() -> Orders {
        var count: UInt64 = 0
        _ = read(self.wakeup, &count, MemoryLayout<UInt64>.size)
        return self.state.withLock { state in
            defer { state.orders = Orders() }
            return state.orders
        }
    }

    /// The thread is at its end.
    func end() {
        let waiting = self.state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the thread is at its end.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}
