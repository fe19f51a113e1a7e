import Synchronization

/// What the line of a child makes for one start.
struct Made: Sendable {
    let child: any Child
    /// The supervisor that the child is, or that is within what was put around it.
    let overseer: (any Overseer)?
}

/// One instance of a child with everything that runs for it; held until its generation is over.
struct Incarnation: Sendable {
    let generation: Int
    let instance: any Child
    /// The instance where it is a supervisor.
    let overseer: (any Overseer)?
    /// The task of `run`.
    let work: Task<Void, Never>
    /// Whether it called `started()`, though the word of that may still be on its way.
    let readiness: Readiness
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

/// The present instance of each child.
///
/// Not within the actor, so that the parent of a supervisor that stands still can end what runs for it.
final class Incarnations<Key: Hashable & Sendable>: Sendable {
    private let present = Mutex<[Key: Incarnation]>([:])

    subscript(child: Key) -> Incarnation? {
        get { self.present.withLock { $0[child] } }
        set { self.present.withLock { $0[child] = newValue } }
    }

    /// All of them.
    var all: [Key: Incarnation] { self.present.withLock(\.self) }

    /// Changes one in place, if it is there.
    func change(_ child: Key, _ change: (inout Incarnation) -> Void) {
        self.present.withLock { present in
            guard var incarnation = present[child] else { return }
            change(&incarnation)
            present[child] = incarnation
        }
    }

    /// Lets go of one.
    func remove(_ child: Key) -> Incarnation? {
        self.present.withLock { $0.removeValue(forKey: child) }
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
