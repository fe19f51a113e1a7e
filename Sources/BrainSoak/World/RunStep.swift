/// A state of a run that a writer commits.
struct RunStep: Sendable, Hashable {
    /// The run, counted from 0.
    let run: Int
    /// The number of the commit among those of its run, from 1: the row's `progress`.
    let number: Int
    /// The row's status.
    let status: StepStatus

    /// The row's id.
    var id: String { Self.id(ofRun: self.run) }

    /// Ids are of one length, so that a reader finds the number at a fixed place.
    static func id(ofRun run: Int) -> String {
        let digits = String(run)
        return Self.idPrefix + String(repeating: "0", count: max(0, Self.digits - digits.count)) + digits
    }

    /// What all ids begin with.
    static let idPrefix = "soak-"
    /// The digits of the run's number in an id.
    static let digits = 6
}

/// The statuses that the writers use, as they stand in the table and in messages.
enum StepStatus: String, Sendable, CaseIterable {
    case queued, running, completed, failed

    /// Whether a message of it may never be left out (contract §4.2).
    var isTerminal: Bool { self == .completed || self == .failed }
}
