/// What the writers have said: of each run its last steps, and the latest that is committed.
struct StepHistory: Sendable {
    /// How many steps of a run are known: at one change of a run in 2.5 s, those of 160 s.
    static let depth = 64

    /// By run.
    private(set) var latest: [LatestStep]
    /// The steps of a run have `depth` places side by side, each step the one of its number modulo `depth`.
    var steps: [AnnouncedStep]
    /// How many steps were announced, of all runs.
    private(set) var announcements = 0

    init(runs: Int) {
        self.latest = Array(repeating: LatestStep(), count: max(0, runs))
        self.steps = Array(repeating: AnnouncedStep(), count: max(0, runs) * Self.depth)
    }

    /// Where a step stands; nil where it was never announced, or newer ones have taken its place.
    func place(of run: Int, _ number: Int) -> Int? {
        let place = run * Self.depth + number % Self.depth
        return self.steps[place].number == number ? place : nil
    }

    /// The step whose place the next one of this number takes; a number of 0 where there is none.
    func replaced(by step: RunStep) -> AnnouncedStep {
        guard self.latest.indices.contains(step.run) else { return AnnouncedStep() }
        return self.steps[step.run * Self.depth + step.number % Self.depth]
    }

    /// Whether a step may have been announced so long ago that nothing is known of it.
    func hasForgotten(_ step: RunStep) -> Bool { step.number <= self.latest[step.run].announced - Self.depth }

    /// Takes a step that is about to be committed.
    ///
    /// - Parameters:
    ///   - step: numbered higher than any of its run before.
    ///   - microseconds: when.
    /// - Returns: its place; nil where it can't be.
    mutating func announce(_ step: RunStep, at microseconds: Int) -> Int? {
        guard self.latest.indices.contains(step.run), step.number > self.latest[step.run].announced,
            step.number <= UInt32.max
        else { return nil }
        self.announcements += 1
        let place = step.run * Self.depth + step.number % Self.depth
        self.latest[step.run].announced = step.number
        self.steps[place] = AnnouncedStep(step, order: self.announcements, announcedAt: microseconds)
        return place
    }

    /// Takes what became of a step.
    ///
    /// - Parameters:
    ///   - step: one that was announced, and of which nothing was said since.
    ///   - outcome: what it is now.
    ///   - microseconds: when.
    /// - Returns: its place; nil where it can't be.
    mutating func settle(_ step: RunStep, as outcome: AnnouncedStep.Outcome, at microseconds: Int) -> Int? {
        guard self.latest.indices.contains(step.run), step.number > 0,
            let place = self.place(of: step.run, step.number), self.steps[place].outcome == .open,
            self.steps[place].status == step.status
        else { return nil }
        (self.steps[place].outcome, self.steps[place].settledAt) = (outcome, microseconds)
        if outcome == .committed { self.latest[step.run].commit(self.steps[place]) }
        return place
    }

    /// The newest step of a run that was committed by a moment; nil where none is known any more.
    ///
    /// - Parameters:
    ///   - run: one of those that there are.
    ///   - microseconds: the moment.
    /// - Returns: it may not be the latest.
    func newestCommitted(_ run: Int, by microseconds: Int) -> AnnouncedStep? {
        let newest = self.latest[run].announced
        for number in stride(from: newest, to: max(0, newest - Self.depth), by: -1) {
            guard let place = self.place(of: run, number) else { continue }
            let step = self.steps[place]
            if step.outcome == .committed, step.settledAt <= microseconds { return step }
        }
        return nil
    }
}

/// A step that a writer was about to commit, and what became of it.
struct AnnouncedStep: Sendable {
    enum Outcome: Sendable, Equatable {
        /// Not known yet; can become any of the others.
        case open
        case committed
        case abandoned
    }

    private(set) var number = 0
    private(set) var status = StepStatus.queued
    /// Its place among the announcements of all runs, from 1.
    private(set) var order = 0
    /// In microseconds.
    private(set) var announcedAt = 0
    var outcome = Outcome.open
    /// When the outcome was known, in microseconds.
    var settledAt = 0
    /// Who heard it first.
    var firstHearer: Int?
    /// How many clients that were to hear it went past it.
    var skips = 0

    init() {}

    init(_ step: RunStep, order: Int, announcedAt: Int) {
        (self.number, self.status) = (step.number, step.status)
        (self.order, self.announcedAt) = (order, announcedAt)
    }

    /// Skipped by somebody and heard by nobody.
    var isUnobserved: Bool { self.skips > 0 && self.firstHearer == nil }
    /// A terminal state that was committed, and that nobody heard who was to hear it.
    var isUnheardEnd: Bool { self.isUnobserved && self.status.isTerminal && self.outcome == .committed }
}

/// How far a run has come.
struct LatestStep: Sendable {
    /// The highest number that was announced; 0 for none.
    var announced = 0
    /// The highest number that is committed; 0 for none.
    private(set) var committed = 0
    private(set) var status = StepStatus.queued
    /// The committed step's place among all announcements.
    private(set) var order = 0

    mutating func commit(_ step: AnnouncedStep) {
        guard step.number > self.committed else { return }
        (self.committed, self.status, self.order) = (step.number, step.status, step.order)
    }
}
