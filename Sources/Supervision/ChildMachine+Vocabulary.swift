/// What a child's machine is in, and what it answers.
extension ChildMachine {
    enum State: Sendable, Equatable {
        /// Its turn to start hasn't come: in the first start, or in that of its group. To: starting, stopped.
        case waiting
        /// `run` was called. To: running, ending, backingOff, stopping, stopped, failed.
        case starting(overdueAt: Instant)
        /// `started()` was called; nil where it isn't asked for signs of life. To: ending, backingOff, stopping,
        /// stopped, failed.
        case running(LivenessWatch?)
        /// Failed and cancelled, with `run` not back yet: a fresh instance beside it would meet it at
        /// whatever both need. To: waiting, backingOff, stopped, failed, at its end or the stop deadline.
        case ending(abandonAt: Instant, then: Sequel)
        /// No instance; the pause before the restart. To: waiting, starting, stopped.
        case backingOff(until: Instant)
        /// Asked to stop. To: stopped when `stop()` and `run` are both back, failed at the deadline.
        case stopping(abandonAt: Instant, drained: Bool, ended: Bool)
        /// Down as it should be. To: waiting, where its group is started again.
        case stopped
        /// Down otherwise. To: waiting, where its group is started again.
        case failed(Verdict)
    }

    /// What follows once a failed instance is gone.
    enum Sequel: Sendable, Equatable {
        case restart(at: Instant)
        /// It starts again in its turn, with its group.
        case wait
        case stop
        case fail(Verdict)
    }

    /// What a failure without a restart means for the supervisor.
    enum Verdict: Sendable, Equatable {
        /// Nothing: a temporary child, or one that was to stop anyway.
        case tolerated
        /// It never started: the tree can't start.
        case startFailed(Cause)
        /// Its restarts are spent: the tree gives up.
        case gaveUp(Cause)
    }

    enum Action: Sendable, Equatable {
        /// Make an instance and call its `run`.
        case start(generation: Int)
        /// Ask the instance for a sign of life.
        case ask
        /// Call the instance's `stop()`.
        case drain
        /// Cancel all that runs for the instance.
        case cancel
        /// Let go of the instance: its generation is over.
        case release
        case report(SupervisionEvent)
    }
}
