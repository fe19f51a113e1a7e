import FoundationEssentials

/// The runs that notifications named and nobody has looked at yet, in the order in which they came.
///
/// Pure.
struct PendingRuns: Sendable {
    /// Over it single runs are given up for the whole table.
    static let limit = 10_000

    private var ids: [String] = []
    private var known: Set<ExactText> = []
    private var isEverything = false

    /// Takes in a payload: a JSON array of ids; anything else means everything.
    mutating func notified(_ payload: String) {
        guard let ids = try? JSONDecoder().decode([String].self, from: Data(payload.utf8)) else {
            return self.becomeEverything()
        }
        for id in ids where self.known.insert(ExactText(id)).inserted {
            self.ids.append(id)
        }
        if self.ids.count > Self.limit {
            self.becomeEverything()
        }
    }

    /// Whether everything is to be looked at; asked once.
    mutating func takeEverything() -> Bool {
        defer {
            self.isEverything = false
        }
        return self.isEverything
    }

    /// The oldest ids, at most so many; they are no longer pending.
    mutating func take(_ count: Int) -> [String] {
        let taken = Array(self.ids.prefix(count))
        self.ids.removeFirst(taken.count)
        self.known.subtract(taken.map(ExactText.init))
        return taken
    }

    private mutating func becomeEverything() {
        self.isEverything = true
        self.ids = []
        self.known = []
    }
}
