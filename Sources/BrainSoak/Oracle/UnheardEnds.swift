/// Terminal states that nobody heard, of which nobody can hear any more.
struct UnheardEnds: Sendable {
    /// How many are kept until somebody takes them; more aren't judged.
    static let most = 4096
    /// How long one must have been known, in microseconds: some client may still be about to hear a younger one.
    static let age = 60_000_000

    /// One of them.
    struct End: Sendable, Equatable {
        let step: RunStep
        /// When it was announced, and when it was known to be committed, in the oracle's microseconds.
        let time: ClosedRange<Int>
    }

    private(set) var ends: [End] = []

    /// Takes a step that is about to be forgotten, if it is one and was known for long enough.
    mutating func take(_ step: AnnouncedStep, of run: Int, at microseconds: Int) {
        guard step.isUnheardEnd, microseconds - step.announcedAt >= Self.age else { return }
        self.take(step, of: run)
    }

    /// Takes a step of which nobody hears any more, if it is one.
    mutating func take(_ step: AnnouncedStep, of run: Int) {
        guard step.isUnheardEnd, self.ends.count < Self.most else { return }
        let time = step.announcedAt...max(step.announcedAt, step.settledAt)
        self.ends.append(End(step: RunStep(run: run, number: step.number, status: step.status), time: time))
    }
}

extension SoakOracle {
    /// Those since the last time.
    ///
    /// - Parameters:
    ///   - isLast: whether nobody hears anything any more: then those count, too, that were still waited for.
    ///   - now: from when their age is counted.
    /// - Returns: each with the times, in milliseconds before `now`, from its announcement to its commit.
    mutating func takeUnheardEnds(
        isLast: Bool,
        now: ContinuousClock.Instant
    ) -> [(step: RunStep, ages: ClosedRange<Double>)] {
        let microseconds = self.microseconds(at: now)
        return self.forgetUnheardEnds(isLast: isLast).map { end in
            let ages = (microseconds - end.time.upperBound, microseconds - end.time.lowerBound)
            return (end.step, Double(ages.0) / 1000...Double(max(ages.0, ages.1)) / 1000)
        }
    }
}
