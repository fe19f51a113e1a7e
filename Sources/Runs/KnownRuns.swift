/// What was last observed of each run, found by id in constant time.
///
/// A run costs a string, 48 bytes and its text, and 24 bytes for each slot of a table that is a quarter full at least:
/// below 150 bytes in all. Runs that are active stand in a table of their own, so that a snapshot needn't look at those
/// that ended.
struct KnownRuns: Sendable {
    /// What an observation was, compared with what was known.
    enum Recorded {
        case unchanged
        case new
        case changed(from: RunState)
    }

    /// What stands beside a key, which holds the state's `data`.
    private struct Mark {
        var status: RunStatus
        /// Whether the row has been another since, with a status word that nobody knows.
        var isOutdated = false
        /// The number of the sweep, or of the time after it, in which the run was last seen.
        var seen: UInt32

        mutating func wasUnread(in sweep: UInt32) {
            self.seen = sweep
            self.isOutdated = true
        }
    }

    private typealias Table = [RunKey: Mark]

    private var active: Table = [:]
    private var ended: Table = [:]
    private var sweep: UInt32 = 0
    private var isSweeping = false

    /// How many runs are known.
    var count: Int { self.active.count + self.ended.count }

    /// The states of all runs that are queued or running, in no order; takes time by their number alone.
    var activeStates: [RunState] { self.active.map { $0.key.state($0.value.status) } }

    /// Remembers a state, and that its run was seen.
    mutating func record(_ state: RunState) -> Recorded {
        let mark = Mark(status: state.status, seen: self.sweep)
        return state.status.isTerminal
            ? Self.record(state, mark, in: &self.ended, outOf: &self.active)
            : Self.record(state, mark, in: &self.active, outOf: &self.ended)
    }

    /// What is known of a run's row; nil where the run isn't known, or its row has changed to a state that wasn't read.
    func state(of key: RunKey) -> RunState? {
        for table in [self.active, self.ended] {
            guard let index = table.index(forKey: key) else { continue }
            let (key, mark) = table[index]
            return mark.isOutdated ? nil : key.state(mark.status)
        }
        return nil
    }

    /// Forgets all runs.
    mutating func forgetAll() -> [RunKey] {
        defer { (self.active, self.ended) = ([:], [:]) }
        return Array(self.active.keys) + Array(self.ended.keys)
    }

    /// Notes that a run is there though its state couldn't be read.
    mutating func saw(_ key: RunKey) {
        if let index = self.active.index(forKey: key) { self.active.values[index].wasUnread(in: self.sweep) }
        if let index = self.ended.index(forKey: key) { self.ended.values[index].wasUnread(in: self.sweep) }
    }

    /// Forgets a run; false where it wasn't known.
    mutating func forget(_ key: RunKey) -> Bool {
        Self.take(key, from: &self.active) != nil || Self.take(key, from: &self.ended) != nil
    }

    /// Begins to tell those that are seen from here on from those that aren't; a sweep under way begins anew.
    mutating func beginSweep() {
        self.sweep &+= 1
        self.isSweeping = true
    }

    /// Forgets the runs not seen since the sweep began, and names them; none where no sweep is under way.
    mutating func endSweep() -> [RunKey] {
        guard self.isSweeping else { return [] }
        self.isSweeping = false
        let sweep = self.sweep
        let unseen = [self.active, self.ended].flatMap { $0.filter { $0.value.seen != sweep }.keys }
        return unseen.filter { self.forget($0) }
    }

    private static func record(
        _ state: RunState,
        _ mark: Mark,
        in own: inout Table,
        outOf other: inout Table
    ) -> Recorded {
        let key = RunKey(state)
        guard let index = own.index(forKey: key) else {
            own[key] = mark
            return Self.take(key, from: &other).map { .changed(from: $0) } ?? .new
        }
        let before = own[index].key.state(own[index].value.status)
        own.values[index] = mark
        guard before != state else { return .unchanged }
        // A dictionary keeps the key that it has; this one's must be the newest `data`.
        own.remove(at: index)
        own[key] = mark
        return .changed(from: before)
    }

    /// Removes a run, and builds a table anew that has become sparse: it wouldn't give memory back by itself.
    private static func take(_ key: RunKey, from table: inout Table) -> RunState? {
        guard let index = table.index(forKey: key) else { return nil }
        let entry = table.remove(at: index)
        if table.capacity > 1_024 && table.count < table.capacity / 3 {
            table = table.reduce(into: Table(minimumCapacity: table.count)) { $0[$1.key] = $1.value }
        }
        return entry.key.state(entry.value.status)
    }
}
