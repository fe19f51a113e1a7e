package import NIOCore
import Runs

/// What a session is owed and its socket has not taken: frames in order, at most one update for each run.
///
/// | event | what happens |
/// | --- | --- |
/// | an update of a run with a waiting update | takes its place (conflated) |
/// | a terminal message of a run with a waiting update | takes its place |
/// | anything else | goes to the end |
/// | a frame whose number was taken before | ignored, so that a delivery can be repeated |
/// | more than `MailboxLimit` would wait | refused: the session is to be closed with 4008 |
///
/// A waiting update stands behind every terminal message of its run, so taking its place keeps each run's order.
package struct Mailbox {
    /// How an offered frame was received.
    package enum Outcome: Equatable, Sendable {
        case queued
        case conflated
        case duplicate
        case full
    }

    private struct Entry {
        var frame: BroadcastFrame
        let since: ContinuousClock.Instant
    }

    /// The highest frame number that was taken in.
    package private(set) var lastNumber: UInt64 = 0
    /// Waiting bytes, each frame counted whole though it is shared.
    package private(set) var byteCount = 0
    /// Whether everything waits for a snapshot that goes first.
    package private(set) var awaitsSnapshot: Bool
    /// The snapshot that goes out before anything else, outside the limit.
    private var preface: ArraySlice<ByteBuffer> = []
    private var entries = CircularBuffer<Entry>()
    /// How many entries have left: the position of `entries.first` in the sequence of all.
    private var left = 0
    /// For each run with a waiting update, its position in the sequence of all entries.
    private var updates: [RunID: Int] = [:]
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

    /// The number of waiting messages, the snapshot not counted.
    package var count: Int { self.entries.count }

    /// Whether nothing at all waits.
    package var isEmpty: Bool { self.entries.isEmpty && self.preface.isEmpty }

    /// Since when the oldest message waits.
    package var oldest: ContinuousClock.Instant? { self.entries.first?.since }

    /// Takes in a frame, or says why not.
    package mutating func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Outcome {
        guard frame.number > self.lastNumber else { return .duplicate }
        if let position = self.updates[frame.run] {
            return self.replace(at: position, by: frame)
        }
        guard self.hasRoom(for: frame.bytes.readableBytes, messages: 1) else { return .full }
        self.append(frame, now: now)
        return .queued
    }

    /// Notes that the frames up to a number went to the socket past the mailbox, which was empty.
    package mutating func skipped(through number: UInt64) {
        self.lastNumber = max(self.lastNumber, number)
    }

    /// The next frame for the socket: the snapshot first, then what waits, in order; nil while a snapshot is awaited.
    package mutating func next() -> ByteBuffer? {
        guard !self.awaitsSnapshot else { return nil }
        return self.preface.popFirst() ?? self.popEntry()?.frame.bytes
    }

    /// Lets a snapshot go out, taken after all that waits: waiting updates are in it, waiting terminal messages go first.
    package mutating func begin(with snapshot: [ByteBuffer]) {
        let terminals = self.entries.lazy.map(\.frame).filter(\.isTerminal).map(\.bytes)
        let preface = (Array(terminals) + snapshot)[...]
        self.removeAll()
        self.preface = preface
        self.awaitsSnapshot = false
    }

    /// Forgets everything that waits.
    package mutating func removeAll() {
        self.preface = []
        self.entries.removeAll()
        self.updates.removeAll()
        self.byteCount = 0
    }

    /// Whether the waiting bytes, added up anew, are what was counted.
    ///
    /// Costs O(count).
    package var isBalanced: Bool {
        self.byteCount == self.entries.reduce(0) { $0 + $1.frame.bytes.readableBytes }
    }

    private mutating func popEntry() -> Entry? {
        guard let entry = self.entries.popFirst() else { return nil }
        self.left += 1
        self.byteCount -= entry.frame.bytes.readableBytes
        if !entry.frame.isTerminal { self.updates[entry.frame.run] = nil }
        return entry
    }

    private mutating func append(_ frame: BroadcastFrame, now: ContinuousClock.Instant) {
        if !frame.isTerminal { self.updates[frame.run] = self.left + self.entries.count }
        self.entries.append(Entry(frame: frame, since: now))
        self.byteCount += frame.bytes.readableBytes
        self.lastNumber = frame.number
    }

    private mutating func replace(at position: Int, by frame: BroadcastFrame) -> Outcome {
        let index = self.entries.index(self.entries.startIndex, offsetBy: position - self.left)
        let growth = frame.bytes.readableBytes - self.entries[index].frame.bytes.readableBytes
        guard self.hasRoom(for: growth, messages: 0) else { return .full }
        self.entries[index].frame = frame
        self.byteCount += growth
        self.lastNumber = frame.number
        if frame.isTerminal { self.updates[frame.run] = nil }
        return .conflated
    }

    private func hasRoom(for bytes: Int, messages: Int) -> Bool {
        self.entries.count + messages <= self.limit.runs && self.byteCount + bytes <= self.limit.bytes
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
