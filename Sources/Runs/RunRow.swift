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
