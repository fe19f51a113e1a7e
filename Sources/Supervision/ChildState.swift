/// The state of a child or a supervisor, in the words of the tree.
package enum ChildState: String, Sendable, Codable {
    /// An instance runs and hasn't called `started()` yet; a supervisor: not all of its children have started.
    case starting
    /// Started, and not heard otherwise since.
    case running
    /// Failed, or recalled with its group, and either not yet gone or in the pause before the restart; a
    /// supervisor: children that have to go with one that failed are on their way down.
    case restarting
    /// Its turn to stop has come and it isn't down yet.
    case stopping
    /// Down as it should be: not started yet, stopped, or ended normally.
    case stopped
    /// Down, and not as it should be; `last_failure` says why.
    case failed
}
