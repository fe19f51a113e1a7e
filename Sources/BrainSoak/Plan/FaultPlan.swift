/// What goes wrong when, the same for the same seed: a sequence made as it is read, since a run may last for days.
///
/// The kinds take turns: in each round all of them once, in an order drawn anew. So a child has its next fault not
/// before its round is over: with all kinds at 10 s, it is far from the 5 restarts in 30 s that end the daemon. A plan of
/// one kind keeps below them by itself only at 6 s and more, one of a child, which may hang, at 26 s.
struct FaultPlan: Sequence, Sendable {
    /// What a run ends with at most, where nothing else is said: time for the last fault to be noticed and mended.
    static let longestQuiet = Duration.seconds(30)

    private let seed: UInt64
    private let interval: Duration
    private let end: Duration
    private let kinds: [FaultKind]

    /// - Parameters:
    ///   - seed: decides all that is left to chance.
    ///   - duration: of the run.
    ///   - interval: from the start to the first fault, and from one to the next; none come where it isn't positive.
    ///   - kinds: those that may come, in any order.
    ///   - quiet: at the end of the run, without a fault; by default 30 s, or a quarter of a short run.
    init(
        seed: UInt64,
        duration: Duration,
        interval: Duration = .seconds(10),
        kinds: [FaultKind] = FaultKind.allCases,
        quiet: Duration? = nil
    ) {
        (self.seed, self.interval) = (seed, interval)
        self.end = duration - (quiet ?? Swift.min(Self.longestQuiet, duration / 4))
        self.kinds = FaultKind.allCases.filter(kinds.contains)
    }

    func makeIterator() -> Iterator {
        Iterator(
            generator: SeededGenerator(seed: self.seed),
            interval: self.interval,
            end: self.end,
            rotation: FaultRotation(kinds: self.kinds)
        )
    }

    struct Iterator: IteratorProtocol, Sendable {
        fileprivate var generator: SeededGenerator
        fileprivate let interval: Duration
        fileprivate let end: Duration
        fileprivate var rotation: FaultRotation
        private var at = Duration.zero

        fileprivate init(generator: SeededGenerator, interval: Duration, end: Duration, rotation: FaultRotation) {
            (self.generator, self.rotation) = (generator, rotation)
            (self.interval, self.end) = (interval, end)
        }

        mutating func next() -> PlannedFault? {
            guard self.interval > .zero, self.at + self.interval <= self.end,
                let kind = self.rotation.next(using: &self.generator)
            else { return nil }
            self.at += self.interval
            return PlannedFault(at: self.at, kind: kind, fault: kind.fault(using: &self.generator))
        }
    }
}

/// A fault and its moment.
struct PlannedFault: Sendable, Hashable {
    /// From the start of the run.
    let at: Duration
    let kind: FaultKind
    let fault: SoakFault
}

/// The kinds in turn: round by round, and none twice in a row where there are others.
private struct FaultRotation: Sendable {
    let kinds: [FaultKind]
    private var round: ArraySlice<FaultKind> = []
    private var previous: FaultKind?

    init(kinds: [FaultKind]) {
        self.kinds = kinds
    }

    mutating func next(using generator: inout SeededGenerator) -> FaultKind? {
        if self.round.isEmpty { self.round = self.newRound(using: &generator) }
        self.previous = self.round.popFirst()
        return self.previous
    }

    private func newRound(using generator: inout SeededGenerator) -> ArraySlice<FaultKind> {
        var round = self.kinds.shuffled(using: &generator)
        if round.count > 1, round.first == self.previous {
            round.swapAt(0, Int.random(in: 1..<round.count, using: &generator))
        }
        return round[...]
    }
}
