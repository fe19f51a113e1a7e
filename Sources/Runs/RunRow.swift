/// A row of the table `runs`: texts as PostgreSQL prints them with DateStyle ISO and TimeZone UTC, nil for NULL.
package struct RunRow: Sendable, Equatable {
    /// The primary key as text, whatever the column's type.
    package var id: String
    /// Any word, of those in contract §3.3 or not.
    package var status: String?
    /// A number of any type: `40`, `40.00`, `1e+20`, `NaN`.
    package var progress: String?
    /// What the run works on.
    package var taskID: String?
    /// Who works on it.
    package var agent: String?
    /// A timestamp, with or without zone.
    package var startedAt: String?
    /// A timestamp, with or without zone.
    package var completedAt: String?
    /// What went wrong, of any length.
    package var error: String?
    /// The columns whose value wasn't told since it is what it was: theirs is nil here, and stands for no NULL.
    package var unchanged: RunFields = []

    /// A row whose columns are NULL where nothing is given.
    package init(
        id: String,
        status: String? = nil,
        progress: String? = nil,
        taskID: String? = nil,
        agent: String? = nil,
        startedAt: String? = nil,
        completedAt: String? = nil,
        error: String? = nil
    ) {
        self.id = id
        self.status = status
        self.progress = progress
        self.taskID = taskID
        self.agent = agent
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.error = error
    }
}

/// Columns of a ``RunRow`` but the id.
package struct RunFields: OptionSet, Sendable, Hashable {
    /// A bit for each column.
    package let rawValue: UInt8

    /// The columns with these bits.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// `status`.
    package static let status = RunFields(rawValue: 1)
    /// `progress`.
    package static let progress = RunFields(rawValue: 2)
    /// `task_id`.
    package static let taskID = RunFields(rawValue: 4)
    /// `agent`.
    package static let agent = RunFields(rawValue: 8)
    /// `started_at`.
    package static let startedAt = RunFields(rawValue: 16)
    /// `completed_at`.
    package static let completedAt = RunFields(rawValue: 32)
    /// `error`.
    package static let error = RunFields(rawValue: 64)
}

extension RunRow {
    /// The row with what wasn't told of it taken from an earlier row of the same run; what wasn't told there either stays
    /// untold.
    package func completed(by earlier: RunRow) -> RunRow {
        guard !self.unchanged.isEmpty else { return self }
        var row = self
        if self.unchanged.contains(.status) { row.status = earlier.status }
        if self.unchanged.contains(.progress) { row.progress = earlier.progress }
        if self.unchanged.contains(.taskID) { row.taskID = earlier.taskID }
        if self.unchanged.contains(.agent) { row.agent = earlier.agent }
        if self.unchanged.contains(.startedAt) { row.startedAt = earlier.startedAt }
        if self.unchanged.contains(.completedAt) { row.completedAt = earlier.completedAt }
        if self.unchanged.contains(.error) { row.error = earlier.error }
        row.unchanged.formIntersection(earlier.unchanged)
        return row
    }

    /// The bytes of its texts.
    var textBytes: Int {
        let texts = [self.status, self.progress, self.taskID, self.agent, self.startedAt, self.completedAt, self.error]
        return texts.reduce(self.id.utf8.count) { $0 + ($1?.utf8.count ?? 0) }
    }
}
