/// Changes that nobody has taken yet, in order, without those that a newer one of the same run makes needless.
///
/// A run's rows keep their order, and stand between its removals as they came. What wasn't told of a row that takes
/// another's place is completed from that (``RunRow/completed(by:)``), so that nothing refers to a row left out.
package struct ChangeBacklog: Sendable {
    /// Which rows may be left out.
    package enum Policy: Sendable {
        /// Within one transaction: all but the last of each run, and what was there before the table was emptied.
        case lastStates
        /// Across transactions: an update that another update follows. A run's end has been observed, and is owed
        /// (contract §4.2); the update before it may be what tells it from an earlier end.
        case keepingEnds
    }

    /// Which rows may be left out here.
    package let policy: Policy
    private var changes: [RunChange?] = []
    private var first = 0
    /// Where each run's last row stands, counted from the first ever; within a transaction, its removal where that came
    /// later.
    private var tails: [RunID: Int] = [:]
    private var taken = 0

    /// How many rows and removals wait.
    package private(set) var count = 0
    /// About how many bytes they hold: those of their texts.
    package private(set) var bytes = 0

    /// An empty backlog.
    package init(_ policy: Policy) {
        self.policy = policy
    }

    /// Whether nothing waits.
    package var isEmpty: Bool { self.count == 0 }

    /// Adds the next change.
    package mutating func add(_ change: RunChange) {
        switch change {
        case .row(let row): self.add(row)
        case .gone(let id): self.remove(id)
        case .cleared: self.clear()
        }
    }

    /// Takes the oldest changes, at most so many; they wait no more.
    package mutating func take(_ most: Int) -> [RunChange] {
        var oldest: [RunChange] = []
        while oldest.count < most, self.first < self.changes.count {
            if let change = self.changes[self.first] {
                oldest.append(change)
                self.forget(change, at: self.first)
            }
            self.first += 1
        }
        self.compact()
        return oldest
    }

    private mutating func add(_ row: RunRow) {
        let id = RunID(row.id)
        guard let tail = self.tails[id], case .row(let waiting)? = self.changes[tail - self.taken] else {
            // A removal that stands here is of the same transaction: the run wasn't gone, as where a row changes its
            // partition, which is told as a removal and an insertion.
            if let tail = self.tails[id] { self.drop(at: tail - self.taken) }
            self.append(.row(row), of: id)
            return
        }
        guard self.policy == .lastStates || !waiting.isEnd && !row.isEnd else {
            self.append(.row(row), of: id)
            return
        }
        let completed = row.completed(by: waiting)
        self.bytes += completed.textBytes - waiting.textBytes
        self.changes[tail - self.taken] = .row(completed)
    }

    private mutating func remove(_ id: String) {
        let run = RunID(id)
        let tail = self.tails.removeValue(forKey: run)
        if self.policy == .lastStates, let tail { self.drop(at: tail - self.taken) }
        self.append(.gone(id), of: self.policy == .lastStates ? run : nil)
    }

    private mutating func clear() {
        self.tails = [:]
        if self.policy == .lastStates {
            self.changes = []
            (self.first, self.taken, self.count, self.bytes) = (0, 0, 0, 0)
        }
        self.append(.cleared, of: nil)
    }

    private mutating func append(_ change: RunChange, of id: RunID?) {
        if let id { self.tails[id] = self.taken + self.changes.count }
        self.changes.append(change)
        self.count += 1
        self.bytes += change.size
    }

    private mutating func drop(at index: Int) {
        guard self.changes[index] != nil else { return }
        self.count -= 1
        self.bytes -= self.changes[index]?.size ?? 0
        self.changes[index] = nil
    }

    private mutating func forget(_ change: RunChange, at index: Int) {
        self.drop(at: index)
        let id: RunID
        switch change {
        case .row(let row): id = RunID(row.id)
        case .gone(let gone): id = RunID(gone)
        case .cleared: return
        }
        if self.tails[id] == self.taken + index { self.tails[id] = nil }
    }

    /// Gives back the places of what was taken once they are half of all.
    private mutating func compact() {
        guard self.first == self.changes.count || self.first >= 1024 && self.first * 2 >= self.changes.count else {
            return
        }
        self.changes.removeFirst(self.first)
        self.taken += self.first
        self.first = 0
    }
}

extension RunRow {
    /// Whether it says that its run has ended, so that its message must not be left out.
    fileprivate var isEnd: Bool {
        self.status.flatMap { RunStatus(word: $0) }?.isTerminal ?? false
    }
}

extension RunChange {
    fileprivate var size: Int {
        switch self {
        case .row(let row): row.textBytes
        case .gone(let id): id.utf8.count
        case .cleared: 0
        }
    }
}
