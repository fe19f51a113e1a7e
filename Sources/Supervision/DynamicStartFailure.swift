/// Why a ``DynamicSupervisor`` has no child to give for an id.
package enum DynamicStartFailure: Error, CustomStringConvertible {
    /// It isn't up: its tree doesn't run, or stops, or it is in the pause before a restart.
    case notRunning

    /// As many children are there as may be; those on their way down count until they are.
    case limitReached(Int)

    /// A child of this id is there, in whatever state.
    case alreadyThere(child: String)

    /// The child failed before it ever called `started()`, and is gone; `underlying` is its own error, or a
    /// ``ChildFault``.
    case startFailed(child: String, underlying: any Error)

    /// The child was ended before it called `started()`.
    case ended(child: String)

    /// One line for people.
    package var description: String {
        switch self {
        case .notRunning: "the supervisor isn't running"
        case .limitReached(let limit): "there are \(limit) children, and there may be no more"
        case .alreadyThere(let child): "\(child) is there already"
        case .startFailed(let child, let underlying): "\(child) did not start: \(underlying)"
        case .ended(let child): "\(child) was ended before it had started"
        }
    }
}
