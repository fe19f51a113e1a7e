/// Notices who of those that are watched gives no answer, and when a watchdog is to be fed.
///
/// Each is asked once a look, and again only after its answer. Silence is the time that the watch itself saw pass: a
/// look that comes late adds two intervals at most, so that a process that was stopped, swapped out or starved of
/// threads takes nobody for silent when it comes back.
struct LoopWatch: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What a look asks for; who is meant is counted from 0.
    enum Action: Equatable, Sendable {
        /// To be asked for an answer.
        case ask(Int)
        /// Silent for longer than it may be; told once until it answers.
        case silent(Int)
        /// Nobody is silent: the watchdog gets its sign of life.
        case feed
    }

    /// When ``look(now:)`` has something to do.
    private(set) var nextLook: Instant
    private let interval: Duration
    private let bound: Duration
    private let feedInterval: Duration?
    private var lastLook: Instant
    private var feedDue: Instant
    /// How long each one's open question has waited; nil: none is open.
    private var silences: [Duration?]

    /// A watch that looks each second, or four times in an interval of the watchdog where that is shorter, and takes
    /// for silent who owes an answer for five looks.
    ///
    /// - Parameters:
    ///   - count: how many are watched.
    ///   - feedInterval: between two signs of life; nil: there is no watchdog.
    ///   - now: the first look.
    init(count: Int, feedInterval: Duration?, now: Instant) {
        self.silences = Array(repeating: nil, count: count)
        self.feedInterval = feedInterval
        let quarter = feedInterval.map { max($0 / 4, .milliseconds(1)) }
        self.interval = min(.seconds(1), quarter ?? .seconds(1))
        self.bound = self.interval * 5
        (self.nextLook, self.lastLook, self.feedDue) = (now, now, now)
    }

    /// Who is silent for longer than it may be.
    var silent: [Int] {
        self.silences.indices.filter { self.isSilent(self.silences[$0]) }
    }

    /// Looks at all of them.
    mutating func look(now: Instant) -> [Action] {
        guard now >= self.nextLook else { return [] }
        let elapsed = min(self.lastLook.duration(to: now), self.interval * 2)
        self.lastLook = now
        self.nextLook = now + self.interval
        let actions = self.silences.indices.compactMap { self.turn(of: $0, elapsed: elapsed) }
        return actions + self.feed(now: now)
    }

    /// Takes in an answer.
    ///
    /// - Returns: how long it was silent, where that was told.
    mutating func answered(_ index: Int) -> Duration? {
        guard self.silences.indices.contains(index), let silence = self.silences[index] else { return nil }
        self.silences[index] = nil
        return self.isSilent(silence) ? silence : nil
    }

    private mutating func turn(of index: Int, elapsed: Duration) -> Action? {
        guard let before = self.silences[index] else {
            self.silences[index] = .zero
            return .ask(index)
        }
        self.silences[index] = before + elapsed
        return self.isSilent(before + elapsed) && !self.isSilent(before) ? .silent(index) : nil
    }

    private mutating func feed(now: Instant) -> [Action] {
        guard let feedInterval, now >= self.feedDue, self.silent.isEmpty else { return [] }
        self.feedDue = now + feedInterval
        return [.feed]
    }

    private func isSilent(_ silence: Duration?) -> Bool {
        silence.map { $0 >= self.bound } ?? false
    }
}
