/// What a failure comes to.
extension ChildMachine {
    /// What follows the failure, and what is to be said of that.
    mutating func judge(_ cause: Cause, now: Instant, random: Double) -> (Sequel, SupervisionEvent?) {
        guard !self.isClosing else { return (.fail(.tolerated), nil) }
        guard self.hasStarted else { return (.fail(.startFailed(cause)), nil) }
        guard self.spec.restart != .temporary else { return (.fail(.tolerated), nil) }
        let well = self.wellTime(now: now)
        guard self.budget.failed(at: now, wellFor: min(well, cause.wellFor ?? well)) else {
            return (.fail(.gaveUp(cause)), .gaveUp(child: self.name, reason: cause.text))
        }
        let delay = self.backoff.delay(attempt: self.budget.attempt, random: random)
        return (.restart(at: now + delay), .restarting(child: self.name, after: delay))
    }

    /// Whether an end without an error is none to be missed.
    var mayReturn: Bool {
        guard !self.isClosing else { return true }
        guard case .running = self.state else { return false }
        return self.spec.restart != .permanent
    }

    /// How long the instance was known to be well: none where it never started, and not while it owed an answer.
    private func wellTime(now: Instant) -> Duration {
        guard case .running(let watch) = self.state, let since = self.wellSince else { return .zero }
        return max(.zero, since.duration(to: watch?.wellUntil(now) ?? now))
    }
}
