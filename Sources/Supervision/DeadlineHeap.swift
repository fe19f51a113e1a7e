/// Deadlines of many keys, the earliest at hand: each operation costs the logarithm of how many there are.
///
/// A key may be in it more than once. It doesn't forget: who holds it passes over what no longer holds, and
/// makes it anew where too much of it is of that kind.
struct DeadlineHeap<Key: Sendable>: Sendable {
    struct Entry: Sendable {
        let deadline: ContinuousClock.Instant
        let key: Key
    }

    private var entries: [Entry] = []

    var count: Int { self.entries.count }

    /// The earliest.
    var first: Entry? { self.entries.first }

    mutating func push(_ key: Key, at deadline: ContinuousClock.Instant) {
        self.entries.append(Entry(deadline: deadline, key: key))
        self.rise(from: self.entries.count - 1)
    }

    /// Takes out the earliest, where its time has come.
    mutating func popDue(_ now: ContinuousClock.Instant) -> Entry? {
        guard let first = self.first, first.deadline <= now, let last = self.entries.popLast() else { return nil }
        if !self.entries.isEmpty {
            self.entries[0] = last
            self.sink()
        }
        return first
    }

    private mutating func rise(from index: Int) {
        var child = index
        while child > 0 {
            let parent = (child - 1) / 2
            guard self.entries[child].deadline < self.entries[parent].deadline else { return }
            self.entries.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func sink() {
        var parent = 0
        while let child = self.earlierChild(of: parent) {
            guard self.entries[child].deadline < self.entries[parent].deadline else { return }
            self.entries.swapAt(child, parent)
            parent = child
        }
    }

    private func earlierChild(of parent: Int) -> Int? {
        let (left, right) = (2 * parent + 1, 2 * parent + 2)
        guard right < self.entries.count else { return left < self.entries.count ? left : nil }
        return self.entries[right].deadline < self.entries[left].deadline ? right : left
    }
}
