/// What the supervisor and the tree read off a child's state.
extension ChildMachine {
    /// How many abandoned instances may still run before no other is made: then the child is given up.
    static let mostLeftBehind = 5

    /// Whether the present instance's `run` isn't back.
    var isAtWork: Bool {
        switch self.state {
        case .starting, .running, .ending, .stopping(_, _, ended: false): true
        case .waiting, .backingOff, .stopping, .stopped, .failed: false
        }
    }

    /// Whether it failed, and its instance isn't gone yet.
    var isEnding: Bool {
        if case .ending = self.state { true } else { false }
    }

    /// How often it was started again, alone or with its group.
    var restarts: Int { max(self.generation - 1, 0) }

    /// When its pause is over, once it failed and is to be restarted; nil: it isn't.
    var restartsAt: Instant? {
        switch self.state {
        case .backingOff(let instant), .ending(_, .restart(let instant)): instant
        case .waiting, .starting, .running, .ending, .stopping, .stopped, .failed: nil
        }
    }

    /// Whether those after it may start: it started, or is down in a way that isn't the tree's end.
    var isSettled: Bool {
        switch self.state {
        case .running, .stopped, .failed(.tolerated): true
        case .waiting, .starting, .ending, .backingOff, .stopping, .failed: false
        }
    }

    /// Whether nothing of it is left to wait for in a shutdown.
    var isDown: Bool {
        switch self.state {
        case .waiting, .backingOff, .stopped, .failed: true
        case .starting, .running, .ending, .stopping: false
        }
    }

    /// Whether it won't be started again, unless its group is.
    var isOver: Bool {
        switch self.state {
        case .stopped, .failed: true
        case .waiting, .starting, .running, .ending, .backingOff, .stopping: false
        }
    }

    /// Why it never started; nil: it did, or wasn't let.
    var startFailure: Cause? {
        if case .failed(.startFailed(let cause)) = self.state { cause } else { nil }
    }

    /// The end of the tree that this child demands; nil: none.
    var demand: SupervisorMachine.Outcome? {
        switch self.state {
        case .failed(let verdict), .ending(_, .fail(let verdict)):
            switch verdict {
            case .tolerated: nil
            case .startFailed(let cause): .startFailed(child: self.spec.id, cause)
            case .gaveUp(let cause): .gaveUp(child: self.spec.id, reason: cause.text)
            }
        case .waiting, .starting, .running, .ending, .backingOff, .stopping, .stopped: nil
        }
    }

    /// The child's line in the tree; of a supervisor, as long as it isn't there to tell more itself.
    var snapshot: ChildSnapshot {
        ChildSnapshot(
            id: self.spec.id,
            state: self.word,
            strategy: self.spec.branch?.strategy,
            restarts: self.restarts,
            lastFailure: self.lastFailure,
            leftBehind: self.leftBehind.count,
            members: self.spec.count.map { .count($0()) } ?? .children(self.spec.branch?.idle ?? [])
        )
    }

    private var word: ChildState {
        switch self.state {
        case .waiting: self.generation == 0 ? .stopped : .restarting
        case .stopped: .stopped
        case .starting: .starting
        case .running: .running
        case .ending(_, .restart), .ending(_, .wait), .backingOff: .restarting
        case .ending(_, .stop), .stopping: .stopping
        case .ending(_, .fail), .failed: .failed
        }
    }
}

extension ChildMachine.Action {
    /// Whether it tells of a failure that is one for the supervisor, too.
    var isCountedFailure: Bool {
        switch self {
        case .report(.restarting), .report(.gaveUp): true
        case .start, .ask, .drain, .cancel, .release, .report: false
        }
    }
}
