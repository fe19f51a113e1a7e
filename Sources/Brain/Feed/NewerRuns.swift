import Runs

/// What a stream had of some runs, to take the place of their rows in an older snapshot.
///
/// Pure.
struct NewerRuns: Sendable {
    private enum Fate: Sendable {
        case row(RunRow)
        case gone
    }

    private var fates: [RunID: Fate] = [:]
    private var isCleared = false

    /// - Parameter changes: in order; of each run the last counts.
    init(_ changes: [RunChange]) {
        for change in changes {
            switch change {
            case .row(let row): self.fates[RunID(row.id)] = .row(row)
            case .gone(let id): self.fates[RunID(id)] = .gone
            case .cleared:
                self.fates = [:]
                self.isCleared = true
            }
        }
    }

    /// What is to be told of a row of the snapshot: the newer one, completed from it where that leaves something out; nil
    /// where its run is gone.
    mutating func replaced(_ row: RunRow) -> RunRow? {
        switch self.fates.removeValue(forKey: RunID(row.id)) {
        case .row(let newer): newer.completed(by: row)
        case .gone: nil
        case nil: self.isCleared ? nil : row
        }
    }

    /// The runs that the snapshot didn't have.
    var rest: [RunRow] {
        self.fates.values.compactMap { fate in
            guard case .row(let row) = fate else {
                return nil
            }
            return row
        }
    }
}
