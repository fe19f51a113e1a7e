package import NIOCore
package import Runs
import Synchronization

/// One message on its way to every session: encoded once, its bytes shared by all of them.
package final class BroadcastFrame: Sendable {
    /// The ledger's number of the message; a session takes each number once.
    package let number: UInt64
    /// The run that the message is about, by which a mailbox conflates.
    package let run: RunID
    /// Whether the message is a `run_complete` or `run_failed`, which is never conflated or dropped.
    package let isTerminal: Bool
    /// Frame header and payload, ready for the socket.
    package let bytes: ByteBuffer

    private let account: QueueAccount

    /// Charges the bytes to the account for as long as anything holds the frame.
    package init(number: UInt64, run: RunID, isTerminal: Bool, bytes: ByteBuffer, account: QueueAccount) {
        self.number = number
        self.run = run
        self.isTerminal = isTerminal
        self.bytes = bytes
        self.account = account
        account.charge(bytes.readableBytes)
    }

    deinit {
        self.account.release(self.bytes.readableBytes)
    }
}

/// The bytes of all distinct frames that wait anywhere in the process, however many sessions share each.
package final class QueueAccount: Sendable {
    private let bytes = Atomic<Int>(0)

    /// Starts with nothing charged.
    package init() {}

    /// What waits now, in bytes.
    package var total: Int {
        self.bytes.load(ordering: .relaxed)
    }

    fileprivate func charge(_ count: Int) {
        self.bytes.wrappingAdd(count, ordering: .relaxed)
    }

    fileprivate func release(_ count: Int) {
        self.bytes.wrappingSubtract(count, ordering: .relaxed)
    }
}
