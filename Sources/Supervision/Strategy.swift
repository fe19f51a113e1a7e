/// What a supervisor does to the others when one child fails and is to be restarted.
///
/// As in [OTP](https://www.erlang.org/doc/apps/stdlib/supervisor.html): the others are stopped in reverse order,
/// each within its own stop deadline, and then all of them are started again in order, each once those before
/// it are up. The end of a child that isn't restarted changes nothing for the others.
package enum Strategy: String, Sendable, Codable {
    /// Only the child that failed is restarted; each child has restarts on its own account.
    case oneForOne = "one-for-one"

    /// All children are restarted: none can do without any other. They share one account of restarts.
    case oneForAll = "one-for-all"

    /// The child that failed and those after it are restarted: each depends on those before it. They share
    /// one account of restarts.
    case restForOne = "rest-for-one"

    /// The index of the first child that goes down with the one that failed; nil: none does.
    func groupStart(failed child: Int) -> Int? {
        switch self {
        case .oneForOne: nil
        case .oneForAll: 0
        case .restForOne: child
        }
    }
}
