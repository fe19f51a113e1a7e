/// What is known of each run, and what is owed to whom: survives every restart of those who write and read it.
///
/// Rows go in as they are looked at or as they change; numbered frames come out, each encoded once, kept until every
/// shard has acknowledged it. Content decides: a row whose ``RunState`` is what was last observed makes nothing.
///
/// Of updates the newest counts. A run's first goes at once; another within the interval waits until it is over, and is
/// replaced by what is newer; so is one that is ready and not made yet. Where a run goes back to what its last message
/// said before the update between was made, nothing goes out. Terminal messages are made one and all, at once, in
/// order; only where the limit is hit are they dropped, which ``takeOverflow()`` tells.
///
/// Nothing takes time by the number of runs, except a sweep's end and, by the active ones, a snapshot.
package struct RunLedger: Sendable {
    private let updateInterval: Duration
    private let limit: LedgerLimit
    private var known = KnownRuns()
    private(set) var conflation: Conflation
    private var outbox = Outbox()
    private var hasOverflowed = false
    private var observed = 0
    private var changed = 0
    private var unknownWords = 0

    /// An empty ledger.
    ///
    /// - Parameters:
    ///   - updateInterval: At most one update of a run is made in it; zero makes each one at once.
    ///   - limit: What may wait of that which can't be left out.
    package init(updateInterval: Duration, limit: LedgerLimit = LedgerLimit()) {
        self.updateInterval = updateInterval
        self.limit = limit
        self.conflation = Conflation(interval: updateInterval)
    }

    /// How much there is of everything.
    package var counts: LedgerCounts {
        LedgerCounts(
            runs: self.known.count,
            observed: self.observed,
            changed: self.changed,
            conflated: self.conflation.conflated,
            unknownWords: self.unknownWords,
            waiting: self.conflation.waiting,
            outbox: self.outbox.count
        )
    }

    /// When ``makeFrames(now:timestamp:)`` next has something to do; nil where nothing waits.
    ///
    /// The moment at which a held-back update becomes due, or one in the past where something is ready. To be asked
    /// again after each acknowledgement: while the outbox is full, updates don't count.
    package var nextDue: ContinuousClock.Instant? {
        self.conflation.nextDue(hasRoom: !self.room.isSpent)
    }

    /// The number of the newest frame ever made; 0 before the first.
    package var lastNumber: UInt64 { self.outbox.lastNumber }

    private var room: LedgerLimit {
        LedgerLimit(
            messages: self.limit.messages - self.outbox.count - self.conflation.sealed.messages,
            bytes: self.limit.bytes - self.outbox.bytes - self.conflation.sealed.bytes
        )
    }

    /// Takes a row of the table as found at the very first look: it counts as pushed, and nothing is made of it.
    ///
    /// May be repeated, should the first look not come to its end: the newest finding counts.
    package mutating func found(_ row: RunRow) -> Observation {
        self.observed += 1
        guard let state = RunState(row) else { return self.notUnderstood(row) }
        if case .changed = self.known.record(state) { self.conflation.settle(RunKey(state)) }
        return .unchanged
    }

    /// Takes a row as it is now; a message is made of it where it differs from what was last observed of its run.
    package mutating func observed(_ row: RunRow, now: ContinuousClock.Instant) -> Observation {
        self.observed += 1
        guard row.unchanged.isEmpty else { return self.observed(partly: row, now: now) }
        guard let state = RunState(row) else { return self.notUnderstood(row) }
        return self.observed(state, of: row.id, now: now)
    }

    /// Takes in that all runs are gone, as by TRUNCATE; what is ready goes out.
    package mutating func goneAll() {
        for key in self.known.forgetAll() { self.conflation.forget(key) }
    }

    /// A row that leaves out what is unchanged.
    ///
    /// A status that isn't told is too long for a word that means something.
    private mutating func observed(partly row: RunRow, now: ContinuousClock.Instant) -> Observation {
        guard let word = row.status, RunStatus(word: word) != nil else { return self.notUnderstood(row) }
        guard let known = self.known.state(of: RunKey(id: row.id)), let state = RunState(row, over: known) else {
            return .incomplete
        }
        return self.observed(state, of: row.id, now: now)
    }

    private mutating func observed(_ state: RunState, of id: String, now: ContinuousClock.Instant) -> Observation {
        switch self.known.record(state) {
        case .unchanged: return .unchanged
        case .new: self.push(PendingMessage(id: id, state: state, before: nil), now: now)
        case .changed(let before): self.push(PendingMessage(id: id, state: state, before: before), now: now)
        }
        return .changed
    }

    /// Forgets a deleted run, and an update of it that is held back; what is ready goes out.
    package mutating func gone(_ id: String) {
        let key = RunKey(id: id)
        guard self.known.forget(key) else { return }
        self.conflation.forget(key)
    }

    /// Begins a comparison with the whole table; one that didn't come to its end is begun anew.
    package mutating func beginSweep() {
        self.known.beginSweep()
    }

    /// Ends it: runs neither found nor observed since it began are gone.
    ///
    /// Those with an unknown status word were seen.
    ///
    /// - Returns: How many are gone; 0 where none was begun.
    package mutating func endSweep() -> Int {
        let gone = self.known.endSweep()
        for key in gone { self.conflation.forget(key) }
        return gone.count
    }

    /// Makes frames of all that is due: every terminal message, and updates as long as the limit leaves room.
    ///
    /// - Parameters:
    ///   - now: Decides what is due.
    ///   - timestamp: What the messages are to bear, in milliseconds since 1970.
    package mutating func makeFrames(now: ContinuousClock.Instant, timestamp: Int64) {
        for message in self.conflation.take(now: now, room: self.room) {
            self.outbox.append(
                runID: message.id,
                isTerminal: message.isTerminal,
                message: RunMessage.text(message.state, timestamp: timestamp)
            )
        }
    }

    /// Makes a frame of a message that is there already, as it is: of an update of a run that is known elsewhere.
    ///
    /// - Parameters:
    ///   - message: The whole JSON text in UTF-8.
    ///   - id: The run's id.
    /// - Returns: False where the limit leaves no room.
    package mutating func relay(_ message: [UInt8], of id: String) -> Bool {
        guard !self.room.isSpent else { return false }
        self.outbox.append(runID: id, isTerminal: false, message: message)
        return true
    }

    /// The frames with a number above `number` that not every shard has acknowledged, oldest first.
    package func frames(after number: UInt64) -> [RunFrame] {
        self.outbox.frames(after: number)
    }

    /// Counts on a shard: from now on frames are kept until it has acknowledged them.
    ///
    /// - Parameter shard: Any number; registered again, as after a restart, it goes on where it was.
    /// - Returns: The number that it has acknowledged: it is owed the frames after that.
    @discardableResult
    package mutating func register(shard: Int) -> UInt64 {
        self.outbox.register(shard: shard)
    }

    /// Takes in that a shard has all frames up to a number; what all shards have is dropped.
    package mutating func acknowledged(shard: Int, through number: UInt64) {
        self.outbox.acknowledge(shard: shard, through: number)
    }

    /// Whether the limit was hit since the last call, so that terminal messages were dropped.
    ///
    /// All that waited was dropped. The caller closes every session, so that clients know and come back (contract
    /// §4.2).
    package mutating func takeOverflow() -> Bool {
        defer { self.hasOverflowed = false }
        return self.hasOverflowed
    }

    /// What a session that begins now is told of the active runs.
    ///
    /// Makes frames first, so that none of an older state comes after the snapshot; parameters as in
    /// ``makeFrames(now:timestamp:)``. An update that is held back comes twice: in the snapshot, and as a frame, which
    /// from here on is made even if the run goes back to what it was, so that the session learns of that.
    package mutating func snapshot(now: ContinuousClock.Instant, timestamp: Int64) -> LedgerSnapshot {
        self.makeFrames(now: now, timestamp: timestamp)
        self.conflation.disclosed()
        return LedgerSnapshot(through: self.lastNumber, active: self.known.activeStates)
    }

    private mutating func notUnderstood(_ row: RunRow) -> Observation {
        self.unknownWords += 1
        self.known.saw(RunKey(id: row.id))
        return .unknownStatus(word: row.status)
    }

    private mutating func push(_ message: PendingMessage, now: ContinuousClock.Instant) {
        self.changed += 1
        self.conflation.changed(message, now: now)
        let room = self.room
        guard message.isTerminal, room.messages < 0 || room.bytes < 0 else { return }
        self.conflation.drop(interval: self.updateInterval)
        self.outbox.drop()
        self.hasOverflowed = true
    }
}
