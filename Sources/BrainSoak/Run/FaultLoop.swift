/// Brings about the faults of a plan, one after the other.
struct FaultLoop: Sendable {
    let plan: FaultPlan
    let interval: Duration
    let hand: FaultHand
    let book: SoakBook
    let api: DaemonAPI
    let seed: UInt64

    /// How long a fault may take to be brought about: the acceptor that hangs takes no orders for 12 s.
    private static let patience = Duration.seconds(20)
    /// How soon after a fault the daemon is unready, if it gets so.
    private static let reaction = Duration.milliseconds(500)
    /// How long is waited for it to be ready again.
    private static let recovery = Duration.seconds(60)

    /// Goes through the plan until the book ends.
    ///
    /// What comes while another fault is still being brought about, or recovered from, is left out: two at once would
    /// be another plan.
    ///
    /// - Throws: by cancellation alone; what can't be brought about is taken down as that.
    func run() async throws {
        var random = SeededGenerator(seed: self.seed)
        for planned in self.plan {
            guard try await self.book.lasts(until: planned.at) else { return }
            guard .seconds(self.book.seconds) < planned.at + self.interval else {
                self.book.note { $0.faults.skip() }
                continue
            }
            let (number, before) = (self.book.began(planned), ContinuousClock.now)
            try await self.perform(planned.fault, using: &random)
            try await self.watchRecovery(of: number, planned.fault, since: before)
        }
    }

    private func perform(_ fault: SoakFault, using random: inout SeededGenerator) async throws {
        let deadline = ContinuousClock.now + Self.patience
        // Once for all attempts: the next order takes the place of one that hasn't struck.
        var isUnsure = false
        while true {
            do {
                try await self.hand.perform(fault, using: &random)
                return self.book.broughtAbout(fault)
            } catch {
                try Task.checkCancellation()
                if !isUnsure, !Self.isRefusal(error) {
                    isUnsure = true
                    self.book.mayHaveBroughtAbout(fault)
                }
                guard ContinuousClock.now < deadline else { return self.book.couldNot(fault, "\(error)") }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Whether the daemon has said no: an order without an answer may have been taken.
    private static func isRefusal(_ error: any Error) -> Bool {
        guard case .answered = error as? SoakError else { return false }
        return true
    }

    private func watchRecovery(
        of number: Int,
        _ fault: SoakFault,
        since before: ContinuousClock.Instant
    ) async throws {
        let reaction = ContinuousClock.now + Self.reaction
        while await self.api.isReady() {
            guard ContinuousClock.now < reaction else { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        let deadline = ContinuousClock.now + Self.recovery
        while ContinuousClock.now < deadline, !self.book.hasEnded {
            if await self.api.isReady() {
                let time = (ContinuousClock.now - before) / .milliseconds(1)
                return self.book.note { $0.faults.recovered(number, afterMs: time) }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        if !self.book.hasEnded { self.book.isNotReady(after: fault, for: Self.recovery) }
    }
}
