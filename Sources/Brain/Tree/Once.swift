import Synchronization

/// Lets one thing happen one time.
final class Once: Sendable {
    private let done = Atomic(false)

    var isDone: Bool { self.done.load(ordering: .relaxed) }

    func perform(_ body: () -> Void) {
        if !self.done.exchange(true, ordering: .relaxed) { body() }
    }
}
