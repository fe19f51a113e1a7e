/// How changes of `runs` are noticed (contract §1, `--capture`).
package enum CaptureName: String, Sendable, Equatable, CaseIterable {
    /// Logical replication.
    case wal
    /// Brain's trigger and LISTEN.
    case notify
    /// Looking at the rows' `xmin`; needs only SELECT.
    case poll
}
