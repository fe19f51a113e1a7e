import Synchronization

/// One instance of a child with everything that runs for it; held until its generation is over.
struct Incarnation {
    let generation: Int
    let instance: any Child
    /// The task of `run`.
    let work: Task<Void, Never>
    /// The task of `stop()`, once asked for.
    var drain: Task<Void, Never>?
    /// The task of the open question for a sign of life; at most one by ``LivenessWatch``.
    var question: Task<Void, Never>?

    func cancel() {
        self.work.cancel()
        self.drain?.cancel()
        self.question?.cancel()
    }
}

/// Whether an instance called `started()`, known at once.
///
/// The call itself reaches the supervisor by a task of its own, which the end of `run` may overtake; the
/// end therefore takes along what is written here.
final class Readiness: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { self.flag.load(ordering: .acquiring) }

    /// Sets it; true for the first caller alone.
    func set() -> Bool {
        !self.flag.exchange(true, ordering: .acquiringAndReleasing)
    }
}
