import Synchronization

/// Where the current instance of a child is found.
///
/// Whoever wants to reach the child asks anew each time, so that a restart needs nobody's attention. Empty before the
/// first start.
package final class Room<Occupant: AnyObject & Sendable>: Sendable {
    private let occupant = Mutex<Occupant?>(nil)

    /// Makes an empty room.
    package init() {}

    /// The instance that was made last.
    package var current: Occupant? {
        self.occupant.withLock { $0 }
    }

    /// Lets a new instance in; the one before is no longer found.
    ///
    /// - Parameter occupant: the instance.
    /// - Returns: the same instance.
    @discardableResult
    package func moveIn(_ occupant: Occupant) -> Occupant {
        self.occupant.withLock { $0 = occupant }
        return occupant
    }
}

/// Waits until the task is cancelled: the whole work of a child that only answers calls.
///
/// - Throws: `CancellationError`.
package func untilCancelled() async throws {
    while true { try await Task.sleep(for: .seconds(3600)) }
}
