import NIOCore

/// What a mailbox holds while anything waits: a snapshot that goes first, then terminal messages, then updates.
struct Backlog {
    private struct Waiting {
        let frame: BroadcastFrame
        let since: ContinuousClock.Instant
    }

    /// Waiting bytes, each frame counted whole; the snapshot and what goes before it are not.
    private(set) var byteCount = 0
    /// Terminal messages that are older than the snapshot.
    private var ahead = CircularBuffer<Waiting>(initialCapacity: 1)
    /// Shares its bytes with all that were given the same snapshot.
    private var snapshot: ArraySlice<ByteBuffer> = []
    private var terminals = CircularBuffer<Waiting>(initialCapacity: 1)
    private var updates = WaitingUpdates()

    /// Waiting messages; the snapshot and what goes before it are not counted.
    var count: Int { self.terminals.count + self.updates.count }

    var isEmpty: Bool { self.count == 0 && !self.hasPreface }

    /// What `next()` would be.
    var nextKind: Mailbox.Kind? {
        if self.hasPreface { return .preface }
        if !self.terminals.isEmpty { return .terminal }
        return self.updates.count > 0 ? .update : nil
    }

    var oldest: ContinuousClock.Instant? {
        [self.terminals.first?.since, self.updates.oldest].compactMap(\.self).min()
    }

    /// What `byteCount` should be; costs O(count).
    var summedBytes: Int {
        self.terminals.reduce(0) { $0 + $1.frame.byteCount } + self.updates.frames.reduce(0) { $0 + $1.byteCount }
    }

    private var hasPreface: Bool { !self.ahead.isEmpty || !self.snapshot.isEmpty }

    /// Takes a frame in; one that is refused changes nothing.
    mutating func offer(
        _ frame: BroadcastFrame,
        within limit: MailboxLimit,
        now: ContinuousClock.Instant
    ) -> Mailbox.Outcome {
        let replaced = self.updates[frame.run]
        let growth = frame.byteCount - (replaced?.byteCount ?? 0)
        guard self.count + (replaced == nil ? 1 : 0) <= limit.runs, self.byteCount + growth <= limit.bytes else {
            return .full
        }
        self.take(frame, now: now)
        self.byteCount += growth
        return replaced == nil ? .queued : .conflated
    }

    /// Takes this for what waits, in bytes.
    mutating func recount(to bytes: Int) {
        self.byteCount = bytes
    }

    /// Takes the next frame out.
    mutating func next() -> ByteBuffer? {
        if let bytes = self.ahead.popFirst()?.frame.bytes ?? self.snapshot.popFirst() { return bytes }
        let terminal = self.terminals.popFirst()?.frame
        guard let frame = terminal ?? self.updates.popFirst() else { return nil }
        self.byteCount -= frame.byteCount
        return frame.bytes
    }

    /// Puts a snapshot, taken after all that waits, in the place of the updates and of an earlier snapshot.
    mutating func begin(with snapshot: [ByteBuffer]) {
        self.ahead.append(contentsOf: self.terminals)
        self.snapshot = snapshot[...]
        self.terminals = CircularBuffer(initialCapacity: 1)
        self.updates = WaitingUpdates()
        self.byteCount = 0
    }

    private mutating func take(_ frame: BroadcastFrame, now: ContinuousClock.Instant) {
        if frame.isTerminal {
            self.updates.remove(frame.run)
            self.terminals.append(Waiting(frame: frame, since: now))
        } else {
            self.updates.put(frame, now: now)
        }
    }
}

extension BroadcastFrame {
    fileprivate var byteCount: Int { self.bytes.readableBytes }
}
