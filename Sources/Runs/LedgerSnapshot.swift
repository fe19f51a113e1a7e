/// The active runs at one moment.
package struct LedgerSnapshot: Sendable, Equatable {
    /// The newest frame at that moment: those up to it are no business of whom the snapshot is sent to.
    package let through: UInt64
    /// The newest known state of each run that is queued or running, in no order.
    package let active: [RunState]
}
