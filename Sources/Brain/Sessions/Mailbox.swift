package import NIOCore

/// What a session is owed and its socket has not taken: terminal messages, and at most one update for each run.
///
/// | event | what happens |
/// | --- | --- |
/// | an update of a run with a waiting update | takes its place (conflated) |
/// | any other update | goes to the end of the updates |
/// | a terminal message | goes to the end of the terminal messages; a waiting update of its run is gone (conflated) |
/// | a frame whose number was taken before | ignored, so that a delivery can be repeated |
/// | more than `MailboxLimit` would wait | refused: the session is to be closed with 4008 |
///
/// Terminal messages go before all updates, so that they can go while a push rate holds updates back. Each run's order
/// is kept all the same: a terminal message removes its run's waiting update, so that one which waits came after every
/// terminal message of its run, and goes after them. Between runs no order is promised (contract §4.1).
///
/// What waits lies on the heap and is given back once nothing does: a session that keeps up costs 40 bytes. While
/// anything waits its storage only grows, within twice the limit.
package struct Mailbox {
    /// How an offered frame was received.
    package enum Outcome: Equatable, Sendable {
        case queued
        case conflated
        case duplicate
        case full
    }

    /// What a push rate does with a message.
    package enum Kind: Equatable, Sendable {
        /// A message of a snapshot, or older than it: it goes at the socket's pace.
        case preface
        /// It is counted, and never held back.
        case terminal
        /// It may be held back.
        case update
    }

    private final class Box {
        var backlog: Backlog

        init(_ backlog: Backlog) {
            self.backlog = backlog
        }
    }

    /// The highest frame number that was taken in, or skipped.
    package private(set) var lastNumber: UInt64 = 0
    /// Whether everything waits for a snapshot that goes first.
    package private(set) var awaitsSnapshot: Bool
    /// Nil while nothing waits.
    private var box: Box?
    private let limit: MailboxLimit

    /// Starts empty.
    ///
    /// - Parameters:
    ///   - limit: what may wait.
    ///   - awaitsSnapshot: whether nothing goes out before `begin(with:)`.
    package init(limit: MailboxLimit, awaitsSnapshot: Bool = false) {
        self.limit = limit
        self.awaitsSnapshot = awaitsSnapshot
    }

    /// The number of waiting messages, the snapshot and what goes before it not counted.
    package var count: Int { self.box?.backlog.count ?? 0 }

    /// Waiting bytes, each frame counted whole though it is shared; the snapshot and what goes before it not counted.
    package var byteCount: Int { self.box?.backlog.byteCount ?? 0 }

    /// Whether nothing at all waits.
    package var isEmpty: Bool { self.box == nil }

    /// Since when the oldest message waits.
    ///
    /// An update waits since the one came whose place it took; a terminal message since it came itself.
    package var oldest: ContinuousClock.Instant? { self.box?.backlog.oldest }

    /// What `next()` would be; nil where it would be nothing.
    ///
    /// Before an update there is nothing else: where a push rate holds updates back, all that waits is held back.
    package var nextKind: Kind? { self.awaitsSnapshot ? nil : self.box?.backlog.nextKind }

    /// Whether the waiting bytes, added up anew, are what was counted.
    ///
    /// Costs O(count).
    package var isBalanced: Bool { self.byteCount == self.summedBytes }

    /// The waiting bytes, added up anew; costs O(count).
    var summedBytes: Int { self.box?.backlog.summedBytes ?? 0 }
}

extension Mailbox {
    /// Takes in a frame, or says why not; a refused one changes nothing.
    package mutating func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Outcome {
        guard frame.number > self.lastNumber else { return .duplicate }
        let limit = self.limit
        let outcome = self.change { $0.offer(frame, within: limit, now: now) }
        if outcome != .full { self.lastNumber = frame.number }
        return outcome
    }

    /// Frames up to a number went past the mailbox to the socket, while it was empty: they are ignored if they come again.
    ///
    /// A number below the last one changes nothing.
    package mutating func skipped(through number: UInt64) {
        self.lastNumber = max(self.lastNumber, number)
    }

    /// The next frame for the socket; nil where there is none, and while a snapshot is awaited.
    ///
    /// - Returns: the snapshot first, then terminal messages, then updates.
    package mutating func next() -> ByteBuffer? {
        guard !self.awaitsSnapshot, !self.isEmpty else { return nil }
        return self.change { $0.next() }
    }

    /// Lets a snapshot go out, taken after all that waits: waiting updates are in it, waiting terminal messages go first.
    ///
    /// Neither counts towards the limit from then on. Costs O(count); the snapshot's frames are shared.
    package mutating func begin(with snapshot: [ByteBuffer]) {
        self.change { $0.begin(with: snapshot) }
        self.awaitsSnapshot = false
    }

    /// Takes this for the waiting bytes; nothing where nothing waits.
    mutating func recount(to bytes: Int) {
        guard !self.isEmpty else { return }
        self.change { $0.recount(to: bytes) }
    }

    /// Forgets everything that waits.
    package mutating func removeAll() {
        self.box = nil
    }

    private mutating func change<Result>(_ change: (inout Backlog) -> Result) -> Result {
        let box = self.ownBox()
        defer { if box.backlog.isEmpty { self.box = nil } }
        return change(&box.backlog)
    }

    /// A copy of the mailbox has a box of its own as soon as one of the two changes.
    private mutating func ownBox() -> Box {
        if isKnownUniquelyReferenced(&self.box), let box = self.box { return box }
        let box = Box(self.box?.backlog ?? Backlog())
        self.box = box
        return box
    }
}

/// What may wait for one session (contract §1, `--queue-runs` and `--queue-bytes`); at it, the session is closed.
package struct MailboxLimit: Sendable {
    /// Waiting messages.
    package var runs: Int
    /// Waiting bytes, each frame counted whole though it is shared.
    package var bytes: Int

    /// Makes a limit of both.
    package init(runs: Int = 65_536, bytes: Int = 16 << 20) {
        self.runs = runs
        self.bytes = bytes
    }
}
