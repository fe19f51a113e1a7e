/// Holds what clients hear against what writers commit (contract §4), while both go on.
///
/// It goes by the order in which it is told: a writer speaks before its statement is sent and after it was acknowledged,
/// a client as soon as it has seen its 101. So a step announced after a client joined is one that it must hear, and a
/// step not yet announced is one that nobody can have heard. Who has heard a state of a run since it joined must hear what
/// follows, too, whenever it joined: all states of a run take the same way, in their order.
///
/// A terminal state is held to the rule of §4.2 by what was observed: when one client has heard it, none that joined
/// before it may go past it. What all clients go past, Brain may not have seen: it is counted.
struct SoakOracle: Sendable {
    private(set) var losses = SoakLosses()
    private(set) var counts = OracleCounts()
    private(set) var history: StepHistory
    private(set) var hearings: HearingTable
    private(set) var unheardEnds = UnheardEnds()
    private var skips: SkipTable
    private var stopwatch = Stopwatch()
    /// How long after their announcement steady clients heard states.
    var latencies: LatencyBook
    /// By client, in microseconds; nil for one that is never waited for.
    private let allowances: [Int?]
    /// The different ones of them.
    private let patience: Set<Int>

    /// - Parameters:
    ///   - runs: how many there are.
    ///   - clients: what each is.
    ///   - patience: for a client to hear a committed state of a run, or a later one; a slow one has four times as long.
    init(runs: Int, clients: [ClientKind], patience: Duration = .seconds(60)) {
        self.history = StepHistory(runs: runs)
        self.hearings = HearingTable(runs: runs, kinds: clients)
        self.latencies = LatencyBook(clients: clients.count)
        self.skips = SkipTable(places: self.history.steps.count, clients: clients.count)
        self.allowances = clients.map { kind in
            kind.patienceFactor.map { Stopwatch.microseconds(of: patience * $0) }
        }
        self.patience = Set(self.allowances.compactMap(\.self))
    }

    // MARK: What writers say

    /// A writer is about to send the statement, or the COMMIT, of a transaction with these states.
    ///
    /// - Parameters:
    ///   - steps: at most one of each run: within one transaction only the last state counts.
    ///   - now: from when a latency is counted.
    mutating func willCommit(_ steps: [RunStep], now: ContinuousClock.Instant) {
        let microseconds = self.stopwatch.microseconds(at: now)
        for step in steps {
            self.unheardEnds.take(self.history.replaced(by: step), of: step.run, at: microseconds)
            guard let place = self.history.announce(step, at: microseconds) else {
                self.misuse(step, "announced, though its run isn't known or has come further")
                continue
            }
            self.skips.clear(place)
            self.counts.announced += 1
        }
    }

    /// The server has acknowledged the transaction, or the table shows it.
    ///
    /// - Parameters:
    ///   - steps: as they were announced.
    ///   - now: from when on they must be heard in time.
    mutating func committed(_ steps: [RunStep], now: ContinuousClock.Instant) {
        let microseconds = self.stopwatch.microseconds(at: now)
        for step in steps {
            guard self.history.settle(step, as: .committed, at: microseconds) != nil else {
                self.misuse(step, "committed, though not announced or already settled")
                continue
            }
            self.counts.committed += 1
        }
    }

    /// It is known that the transaction wasn't committed, and never will be.
    mutating func abandoned(_ steps: [RunStep]) {
        for step in steps {
            guard let place = self.history.settle(step, as: .abandoned, at: 0) else {
                self.misuse(step, "abandoned, though not announced or already settled")
                continue
            }
            self.counts.abandoned += 1
            self.disown(step, at: place)
        }
    }

    private mutating func disown(_ step: RunStep, at place: Int) {
        if self.history.steps[place].isUnobserved { self.counts.unobservedTerminals -= 1 }
        guard let hearer = self.history.steps[place].firstHearer else { return }
        self.losses.add(.invented, SoakLoss(.invented, step, by: hearer, "heard, and then not committed"))
    }

    private mutating func misuse(_ step: RunStep, by client: Int? = nil, _ predicate: String) {
        self.losses.add(.misuse, SoakLoss(.misuse, step, by: client, predicate))
    }

    // MARK: What clients say

    /// A client has met something.
    ///
    /// - Parameters:
    ///   - event: in the client's own order.
    ///   - now: the same instant for all events of a batch is cheapest.
    mutating func apply(_ event: ClientEvent, now: ContinuousClock.Instant) {
        switch event {
        case .joined(let client): self.join(client)
        case .heard(let client, let step): self.hear(step, by: client, now: now)
        case .left(let client, let reason): self.leave(client, reason)
        case .refused(_, let status): self.counts.refused[status, default: 0] += 1
        case .violated(let client, let what):
            self.losses.add(.forbidden, SoakLoss(.forbidden, client: client, what: what, "client \(client): \(what)"))
        }
    }

    private mutating func join(_ client: Int) {
        guard self.hearings.kinds.indices.contains(client) else {
            let what = "client \(client) joined, and isn't known"
            return self.losses.add(.misuse, SoakLoss(.misuse, client: client, what))
        }
        self.hearings.join(client, after: self.history.announcements)
        self.counts.joined += 1
    }

    private mutating func leave(_ client: Int, _ reason: LeaveReason) {
        guard self.hearings.isJoined(client) else { return }
        self.hearings.leave(client)
        self.counts.left.add(reason)
        if self.hearings.kinds[client] == .steady, reason != .ownWill { self.counts.steadyEnded.add(reason) }
    }

    private mutating func hear(_ step: RunStep, by client: Int, now: ContinuousClock.Instant) {
        self.counts.heard += 1
        guard self.hearings.isJoined(client) else {
            return self.misuse(step, by: client, "heard without having joined")
        }
        guard self.isPossible(step) else {
            return self.losses.add(.invented, SoakLoss(.invented, step, by: client, "heard, never committed"))
        }
        let last = Int(self.hearings[step.run, client].last)
        guard step.number > last else {
            return self.losses.add(.disorder, SoakLoss(.disorder, step, by: client, "heard after \(last)"))
        }
        self.hearings[step.run, client].last = UInt32(truncatingIfNeeded: step.number)
        if step.number > last + 1 { self.goPast(step, after: last, by: client) }
        self.take(step, by: client, now: now)
    }

    /// Whether it was announced as it is and not abandoned, as far as is still known.
    private func isPossible(_ step: RunStep) -> Bool {
        guard self.history.latest.indices.contains(step.run), step.number > 0 else { return false }
        guard let place = self.history.place(of: step.run, step.number) else { return self.history.hasForgotten(step) }
        return self.history.steps[place].status == step.status && self.history.steps[place].outcome != .abandoned
    }

    private mutating func take(_ step: RunStep, by client: Int, now: ContinuousClock.Instant) {
        guard let place = self.history.place(of: step.run, step.number) else {
            self.counts.forgotten += 1
            return
        }
        if self.hearings.kinds[client] == .steady {
            let elapsed = self.stopwatch.microseconds(at: now) - self.history.steps[place].announcedAt
            self.latencies.add(microseconds: elapsed, of: client)
        }
        guard self.history.steps[place].firstHearer == nil else { return }
        if self.history.steps[place].isUnobserved { self.blameSkippers(of: step, at: place) }
        self.history.steps[place].firstHearer = client
    }

    private mutating func blameSkippers(of step: RunStep, at place: Int) {
        self.counts.unobservedTerminals -= 1
        for client in self.skips.clients(at: place) { self.loseTerminal(step, client) }
    }

    /// Looks for the terminal states that a client should have heard before a step that isn't its next one.
    private mutating func goPast(_ step: RunStep, after last: Int, by client: Int) {
        let known = max(last, self.history.latest[step.run].announced - StepHistory.depth)
        for number in stride(from: step.number - 1, to: known, by: -1) {
            guard let place = self.history.place(of: step.run, number) else { continue }
            let skipped = self.history.steps[place]
            guard last > 0 || self.hearings.isOwed(skipped.order, client) else { return }
            guard skipped.status.isTerminal, skipped.outcome != .abandoned else { continue }
            self.skip(RunStep(run: step.run, number: number, status: skipped.status), at: place, by: client)
        }
    }

    private mutating func skip(_ step: RunStep, at place: Int, by client: Int) {
        self.history.steps[place].skips += 1
        guard self.history.steps[place].firstHearer == nil else { return self.loseTerminal(step, client) }
        if self.history.steps[place].skips == 1 { self.counts.unobservedTerminals += 1 }
        self.skips.insert(client, at: place)
    }

    private mutating func loseTerminal(_ step: RunStep, _ client: Int) {
        self.losses.add(.lostTerminal, SoakLoss(.lostTerminal, step, by: client, "never heard, and others heard it"))
    }

    // MARK: What nobody heard

    mutating func microseconds(at instant: ContinuousClock.Instant) -> Int { self.stopwatch.microseconds(at: instant) }

    mutating func forgetUnheardEnds(isLast: Bool) -> [UnheardEnds.End] {
        if isLast {
            for (place, step) in self.history.steps.enumerated() {
                self.unheardEnds.take(step, of: place / StepHistory.depth)
            }
        }
        defer { self.unheardEnds = UnheardEnds() }
        return self.unheardEnds.ends
    }

    // MARK: What time says

    /// Reports whoever hasn't heard in time what was committed; to be called once a second, or less often.
    ///
    /// What counts is the newest step that has been committed for as long as a client is given: that there are newer ones
    /// excuses nobody, since any of them makes up for it.
    mutating func look(now: ContinuousClock.Instant) {
        let microseconds = self.stopwatch.microseconds(at: now)
        for allowance in self.patience {
            for run in self.history.latest.indices {
                guard let step = self.history.newestCommitted(run, by: microseconds - allowance) else { continue }
                self.reportLate(step, of: run, within: allowance)
            }
        }
    }

    private mutating func reportLate(_ late: AnnouncedStep, of run: Int, within allowance: Int) {
        let number = UInt32(truncatingIfNeeded: late.number)
        for client in self.allowances.indices where self.allowances[client] == allowance {
            guard self.hearings.misses(late.number, announcedAs: late.order, of: run, client),
                self.hearings[run, client].reportedLate < number
            else { continue }
            self.hearings[run, client].reportedLate = number
            let step = RunStep(run: run, number: late.number, status: late.status)
            let what = "neither it nor a later one heard in \(allowance / 1_000_000) s"
            self.losses.add(.late, SoakLoss(.late, step, by: client, what))
        }
    }
}
