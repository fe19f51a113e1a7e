/// First in, first out, in constant time on average, with access by position.
struct Queue<Element: Sendable>: Sendable {
    private var storage: [Element?] = []
    private var head = 0

    var count: Int { self.storage.count - self.head }
    var isEmpty: Bool { self.count == 0 }

    mutating func append(_ element: Element) {
        self.storage.append(element)
    }

    mutating func popFirst() -> Element? {
        guard !self.isEmpty else { return nil }
        let element = self.storage[self.head].take()
        self.head += 1
        self.compact()
        return element
    }

    /// The elements from a position on, oldest first; empty where there are fewer.
    func suffix(from position: Int) -> [Element] {
        self.storage.dropFirst(self.head + position).compactMap { $0 }
    }

    /// Changes the element at a position from the front, where there is one.
    mutating func update(at position: Int, _ change: (inout Element) -> Void) {
        guard position >= 0, position < self.count, var element = self.storage[self.head + position] else { return }
        self.storage[self.head + position] = nil
        change(&element)
        self.storage[self.head + position] = element
    }

    /// The element at a position from the front; nil where there are fewer.
    subscript(position: Int) -> Element? {
        position >= 0 && position < self.count ? self.storage[self.head + position] : nil
    }

    /// Gives back the places of what was taken once they are half of all.
    private mutating func compact() {
        guard self.isEmpty || (self.head >= 32 && self.head * 2 >= self.storage.count) else { return }
        self.storage.removeFirst(self.head)
        self.head = 0
        if self.storage.isEmpty && self.storage.capacity > 1_024 { self.storage = [] }
    }
}
