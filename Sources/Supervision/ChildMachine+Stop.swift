/// How a child goes down: with the tree, with its group, or left behind.
extension ChildMachine {
    /// The tree begins to stop: from here on nothing of this child is restarted, or missed when it returns.
    mutating func close() -> [Action] {
        self.isClosing = true
        switch self.state {
        case .waiting:
            self.state = .stopped
            return []
        case .backingOff:
            return self.settle(.stop)
        case .ending(let abandonAt, .restart), .ending(let abandonAt, .wait):
            self.state = .ending(abandonAt: abandonAt, then: .stop)
            return []
        case .starting, .running, .ending, .stopping, .stopped, .failed:
            return []
        }
    }

    /// The child's group goes down to be started again: from here on it is as with ``close()``, but for the end.
    mutating func recall() {
        self.isClosing = true
        switch self.state {
        case .backingOff: self.state = .waiting
        case .ending(let abandonAt, .restart): self.state = .ending(abandonAt: abandonAt, then: .wait)
        case .waiting, .starting, .running, .ending, .stopping, .stopped, .failed: return
        }
    }

    /// The child's group is down: it waits for its turn to start again, unless it is temporary and had its time.
    mutating func reopen() {
        self.isClosing = false
        guard self.spec.restart != .temporary else { return }
        self.state = .waiting
    }

    /// The child's turn to stop has come; one that hasn't started yet has nothing to drain.
    mutating func stop(now: Instant) -> [Action] {
        let abandonAt = now + self.spec.stopDeadline
        let report = Action.report(.stopping(child: self.name))
        switch self.state {
        case .starting:
            self.state = .stopping(abandonAt: abandonAt, drained: true, ended: false)
            return [report, .cancel]
        case .running:
            self.state = .stopping(abandonAt: abandonAt, drained: false, ended: false)
            return [report, .drain]
        case .waiting, .ending, .backingOff, .stopping, .stopped, .failed:
            return []
        }
    }

    /// The time to stop is over: whatever still runs is left behind.
    ///
    /// Of one that had failed before, the failure stays the last one: it tells more.
    mutating func abandon(after limit: Duration) -> [Action] {
        guard !self.isDown else { return [] }
        let actions = [.cancel] + self.leaveBehind()
        if !self.isEnding { self.lastFailure = ChildFault.stopOverdue(limit).description }
        self.state = .failed(.tolerated)
        return actions
    }

    mutating func leaveBehind() -> [Action] {
        if self.isAtWork { self.leftBehind.insert(self.generation) }
        let reports = [SupervisionEvent.abandoned(child: self.name)]
        let more = [SupervisionEvent.leftBehind(child: self.name, count: self.leftBehind.count)]
        return [.release] + (self.leftBehind.count > 1 ? reports + more : reports).map { .report($0) }
    }

    /// It failed though it was to end anyway; a cancellation that it hands on is none.
    mutating func note(_ cause: Cause?) -> [Action] {
        guard let cause, !cause.isCancellation else { return [] }
        self.lastFailure = cause.text
        return [.report(.failed(child: self.name, reason: cause.text))]
    }

    mutating func stop(abandonAt: Instant, drained: Bool, ended: Bool) -> [Action] {
        guard !(drained && ended) else { return [.release] + self.settle(.stop) }
        self.state = .stopping(abandonAt: abandonAt, drained: drained, ended: ended)
        return drained ? [.cancel] : []
    }
}
