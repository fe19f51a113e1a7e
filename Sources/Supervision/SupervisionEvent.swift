/// What the supervisors of a tree tell its observer, each in the order in which it happened to its children.
///
/// `child` is the path below the root: the id of a child of the root, `pool/reader` for a child of the
/// supervisor `pool`.
package enum SupervisionEvent: Sendable, Equatable {
    /// An instance called `started()`: the first one, or that of a restart.
    case started(child: String)

    /// An instance failed: it threw, returned unasked, was late to start, or gave no sign of life.
    ///
    /// One that was to stop anyway failed if it threw anything but the `CancellationError`.
    case failed(child: String, reason: String)

    /// A fresh instance will be made after the pause, once the failed one is gone; follows `failed`.
    case restarting(child: String, after: Duration)

    /// The siblings stop, last one first, to be started again with the child; follows `restarting`.
    case regrouping(child: String, siblings: [String])

    /// The child owes a sign of life past the deadline; `failed` follows.
    case unresponsive(child: String)

    /// The child's restarts are spent; follows `failed`. The others are stopped now, unless the child is one
    /// of a dynamic supervisor's.
    case gaveUp(child: String, reason: String)

    /// The child's turn to stop has come.
    case stopping(child: String)

    /// The child is down: stopped, or ended of itself in a way that its policy takes for normal.
    case stopped(child: String)

    /// An instance didn't end within its stop deadline after the cancellation and was left behind.
    ///
    /// It may still hold what it held. In a shutdown the next child's turn comes, else the restart goes on.
    case abandoned(child: String)

    /// So many abandoned instances of the child still run; follows `abandoned` where it is more than one.
    ///
    /// At 5 no other is made: the child is given up.
    case leftBehind(child: String, count: Int)

    /// A child of a dynamic supervisor wasn't made, because as many as may be are there.
    case refused(child: String, limit: Int)
}
