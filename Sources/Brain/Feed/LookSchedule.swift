/// When to look at what, so that looking stays a small part of the database's work.
///
/// Pure.
struct LookSchedule: Sendable {
    enum Look: Sendable, Equatable {
        /// What was written since the last look, by `xmin`.
        case sweep
        /// The whole table: the only one that notices removed rows.
        case compare
    }

    private let pace: LookPace
    private var sweepDue: ContinuousClock.Instant
    private var compareDue: ContinuousClock.Instant
    private var lastCompare: ContinuousClock.Instant?
    private var sweepCost = Duration.zero
    private var compareCost = Duration.zero

    /// Whether notifications tell of changes, so that looks are a precaution.
    private(set) var isRelaxed = false

    /// Everything is due at once.
    init(pace: LookPace, now: ContinuousClock.Instant) {
        self.pace = pace
        self.sweepDue = now
        self.compareDue = now
    }

    /// What to do now; a compare stands for a sweep too.
    func due(now: ContinuousClock.Instant) -> Look? {
        if self.compareDue <= now {
            return .compare
        }
        return self.sweepDue <= now ? .sweep : nil
    }

    /// Somebody needs a compare: soon, but not more often than the pace allows, however many ask.
    mutating func askedForCompare(now: ContinuousClock.Instant) {
        let earliest = self.lastCompare.map { $0 + self.pace.compareGap } ?? now
        self.compareDue = min(self.compareDue, max(now, earliest))
    }

    /// What notifications didn't tell is to be looked for at once.
    mutating func askedForSweep(now: ContinuousClock.Instant) {
        self.sweepDue = min(self.sweepDue, now)
    }

    /// Whether notifications can be relied on from now on.
    ///
    /// If not, looks are due by the shorter pace at once.
    mutating func relaxed(_ isRelaxed: Bool, now: ContinuousClock.Instant) {
        guard isRelaxed != self.isRelaxed else {
            return
        }
        self.isRelaxed = isRelaxed
        self.sweepDue = min(self.sweepDue, now)
        self.askedForCompare(now: now)
    }

    /// A look ended; the next one of its kind is due later the longer it took.
    mutating func ended(_ look: Look, took cost: Duration, now: ContinuousClock.Instant) {
        if look == .compare {
            self.compareCost = Self.smoothed(self.compareCost, cost)
            self.lastCompare = now
            let interval = max(self.pace.compareInterval, self.compareCost * self.pace.compareShare)
            self.compareDue = now + (self.isRelaxed ? max(self.pace.relaxedCompareInterval, interval) : interval)
        } else {
            self.sweepCost = Self.smoothed(self.sweepCost, cost)
        }
        let interval = min(max(self.pace.sweepInterval, self.sweepCost * self.pace.sweepShare), self.pace.longestSweep)
        self.sweepDue = now + (self.isRelaxed ? max(self.pace.relaxedSweepInterval, interval) : interval)
    }

    /// One slow look, perhaps of a busy machine, counts a quarter.
    private static func smoothed(_ old: Duration, _ new: Duration) -> Duration {
        old == .zero ? new : (old * 3 + new) / 4
    }
}

/// How often to look.
package struct LookPace: Sendable {
    /// Between two sweeps, at least.
    ///
    /// The default is 200 ms.
    package var sweepInterval = Duration.milliseconds(200)
    /// A sweep that takes longer than its share is made less often: by default a tenth of the time.
    package var sweepShare = 10
    /// Between two sweeps, at most, whatever they cost.
    ///
    /// The default is 5 s.
    package var longestSweep = Duration.seconds(5)
    /// Between two looks at the whole table, at least.
    ///
    /// The default is 2 s.
    package var compareInterval = Duration.seconds(2)
    /// By default the looks at the whole table take 1 part in 64 of the time: each 10 s where one takes 160 ms.
    package var compareShare = 64
    /// Between two looks at the whole table that somebody asked for, at least.
    ///
    /// The default is 1 s.
    package var compareGap = Duration.seconds(1)
    /// Between two sweeps while notifications are relied on.
    ///
    /// The default is 30 s.
    package var relaxedSweepInterval = Duration.seconds(30)
    /// Between two looks at the whole table while notifications are relied on.
    ///
    /// The default is 10 minutes.
    package var relaxedCompareInterval = Duration.seconds(600)
    /// Between two looks at the table's columns and the trigger.
    ///
    /// The default is 30 s.
    package var checkInterval = Duration.seconds(30)

    /// How often it is asked what is due: a fifth of the shortest interval, and so late by no more than that.
    var tick: Duration { self.sweepInterval / 5 }

    /// The defaults.
    package init() {}
}
