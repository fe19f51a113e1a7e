/// How much the ledger keeps of what must not be left out: terminal messages not made yet, and unacknowledged frames.
package struct LedgerLimit: Sendable, Equatable {
    /// Messages and frames in all; 65 536 by default, as many as may wait for one session.
    package var messages = 65_536
    /// Their bytes; 256 MiB by default, as much as may wait in the process.
    package var bytes = 256 << 20

    /// The limits given, or the defaults.
    package init(messages: Int = 65_536, bytes: Int = 256 << 20) {
        self.messages = messages
        self.bytes = bytes
    }

    /// Whether either is used up.
    var isSpent: Bool { self.messages <= 0 || self.bytes <= 0 }

    mutating func add(_ message: PendingMessage) {
        self.messages += 1
        self.bytes += message.size
    }

    mutating func subtract(_ message: PendingMessage) {
        self.messages -= 1
        self.bytes -= message.size
    }
}
