package import Runs
import Synchronization

/// The one place where the ledger is: owned by the tree, so that no child's end takes it away.
///
/// Hold it briefly: whoever broadcasts waits meanwhile. Nothing in it awaits, logs or does I/O.
package final class LedgerRoom: Sendable {
    private let content: Mutex<Content>

    private struct Content {
        var ledger: RunLedger
        var isFirstLookDone = false
    }

    /// A room with a ledger that has seen nothing.
    package init(_ ledger: RunLedger) {
        self.content = Mutex(Content(ledger: ledger))
    }

    /// Reads or changes the ledger, alone.
    ///
    /// - Parameter body: must be short, and must not come back into the room.
    /// - Returns: what `body` returns.
    package func withLedger<Result: Sendable>(_ body: (inout RunLedger) -> Result) -> Result {
        self.content.withLock { body(&$0.ledger) }
    }

    /// Whether the whole table was taken in once: until then it counts as pushed (contract §3.2).
    package var isFirstLookDone: Bool {
        self.content.withLock { $0.isFirstLookDone }
    }

    /// Notes that the whole table was taken in.
    package func endFirstLook() {
        self.content.withLock { $0.isFirstLookDone = true }
    }
}
