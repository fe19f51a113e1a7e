/// The runs whose last update was made less than an interval ago, and the updates held back for that reason.
///
/// A run is remembered for one interval: then its held-back update is due, or it is forgotten. Runs made at the same
/// moment share a batch, and batches stand in the order of their moments, which is the order of their due times too.
struct RecentUpdates: Sendable {
    private struct Batch: Sendable {
        let due: ContinuousClock.Instant
        var keys: [RunKey] = []
        var heldCount = 0
    }

    private struct Recent: Sendable {
        /// The number of the run's batch, counted from the first one ever.
        let batch: Int
        var held: PendingMessage?
    }

    private let interval: Duration
    private var recents: [RunKey: Recent] = [:]
    private var batches = Queue<Batch>()
    private var batchesEnded = 0

    /// How many updates are held back.
    private(set) var heldCount = 0

    /// Remembers updates for `interval`; none are where that isn't above zero.
    init(interval: Duration) {
        self.interval = interval
    }

    /// How many runs are remembered.
    var count: Int { self.recents.count }

    /// When the first of the held-back updates is due.
    ///
    /// Takes time by the number of batches made within one interval.
    var nextDue: ContinuousClock.Instant? {
        guard self.heldCount > 0 else { return nil }
        return (0..<self.batches.count).lazy.compactMap { self.batches[$0] }.first { $0.heldCount > 0 }?.due
    }

    /// The update held back for a run.
    func held(_ key: RunKey) -> PendingMessage? {
        self.recents[key]?.held
    }

    /// Holds an update back, in the place of one held already; false where its run's interval is over.
    mutating func hold(_ message: PendingMessage, now: ContinuousClock.Instant) -> Bool {
        let key = message.key
        guard let recent = self.recents[key], let due = self.batches[recent.batch - self.batchesEnded]?.due, due > now
        else { return false }
        if recent.held == nil { self.countHeld(1, in: recent.batch) }
        self.recents[key]?.held = message
        return true
    }

    /// Replaces what is held back for a run, due or not, by what comes after it.
    mutating func replaceHeld(_ key: RunKey, with state: RunState) {
        self.recents[key]?.held?.state = state
    }

    /// Makes each update that is held back one that goes out whatever was said before it.
    mutating func disclosed() {
        guard self.heldCount > 0 else { return }
        for index in self.recents.values.indices { self.recents.values[index].held?.before = nil }
    }

    /// Drops what is held back for a run; false where nothing was.
    mutating func dropHeld(_ key: RunKey) -> Bool {
        guard let recent = self.recents[key], recent.held != nil else { return false }
        self.countHeld(-1, in: recent.batch)
        self.recents[key]?.held = nil
        return true
    }

    /// Remembers that an update of a run is made, so that the next one waits; false where this one should have.
    ///
    /// To be asked after ``advance(to:)`` with the same `now`.
    mutating func made(_ key: RunKey, now: ContinuousClock.Instant) -> Bool {
        guard self.interval > .zero else { return true }
        guard self.recents[key] == nil else { return false }
        self.openBatch(due: now.advanced(by: self.interval))
        let last = self.batches.count - 1
        self.batches.update(at: last) { $0.keys.append(key) }
        self.recents[key] = Recent(batch: self.batchesEnded + last)
        return true
    }

    /// Forgets each run whose interval is over, and gives back what was held for it, oldest first.
    mutating func advance(to now: ContinuousClock.Instant) -> [PendingMessage] {
        var due: [PendingMessage] = []
        while let batch = self.batches[0], batch.due <= now {
            due += batch.keys.compactMap { self.recents.removeValue(forKey: $0)?.held }
            self.heldCount -= batch.heldCount
            _ = self.batches.popFirst()
            self.batchesEnded += 1
        }
        if self.recents.isEmpty && self.recents.capacity > 1_024 { self.recents = [:] }
        return due
    }

    private mutating func openBatch(due: ContinuousClock.Instant) {
        // A moment that is earlier than the last one joins it: the order of the batches must hold.
        if let last = self.batches[self.batches.count - 1], last.due >= due { return }
        self.batches.append(Batch(due: due))
    }

    private mutating func countHeld(_ difference: Int, in batch: Int) {
        self.heldCount += difference
        self.batches.update(at: batch - self.batchesEnded) { $0.heldCount += difference }
    }
}
