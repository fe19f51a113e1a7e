import Testing

@testable import Supervision

/// Random walks: whatever children do and whenever, some things hold.
struct MachineWalkTests {
    private static let strategies = [Strategy.oneForOne, .oneForAll, .restForOne]

    @Test(arguments: Self.strategies, 0..<400)
    func `a child has one instance at most, starts and stops in its turn, and all end`(
        _ strategy: Strategy,
        _ seed: Int
    ) {
        var walk = Walk(strategy, seed: UInt64(seed))
        walk.walk()
        #expect(walk.faults == [])
    }

    @Test(arguments: Self.strategies)
    func `walks lead to every end`(_ strategy: Strategy) {
        let ends = (0..<400).map { seed in
            var walk = Walk(strategy, seed: UInt64(seed))
            walk.walk()
            return walk.end
        }
        #expect(Set(ends) == ["shutdown", "startFailed", "gaveUp"])
    }
}

/// A tree of four children that start, fail, return, hang and answer by chance; it is stopped by chance, too.
private struct Walk {
    private static let policies: [RestartPolicy] = [.permanent, .transient, .temporary, .permanent]
    private static let longestStep = 1500

    private var machine: SupervisorMachine
    private let strategy: Strategy
    private let stopLimit: Duration?
    private let startsWell: Bool
    private var generator: SplitMix
    private var now = ContinuousClock.now
    /// The generation of each child's instance that wasn't let go.
    private var live: [Int: Int] = [:]
    /// When it was told to stop.
    private var stopsSince: ContinuousClock.Instant?
    private(set) var faults: [String] = []

    init(_ strategy: Strategy, seed: UInt64) {
        var generator = SplitMix(state: seed)
        let restarts = Bool.oneIn(2, using: &generator) ? 20 : 3
        let children = Self.policies.enumerated().map { index, policy in
            ChildMachine(
                Nursery("\(index)").spec(policy),
                intensity: RestartIntensity(restarts: restarts, period: .seconds(30)),
                backoff: Backoff(),
                liveness: Liveness()
            )
        }
        self.strategy = strategy
        self.stopLimit = Bool.oneIn(2, using: &generator) ? .seconds(6) : nil
        self.startsWell = Bool.oneIn(2, using: &generator)
        self.machine = SupervisorMachine(id: "root", strategy: strategy, children: children, stopLimit: self.stopLimit)
        self.generator = generator
    }

    /// How the tree ended, by the name of the case.
    var end: String {
        switch self.machine.outcome {
        case .shutdown: "shutdown"
        case .startFailed: "startFailed"
        case .gaveUp: "gaveUp"
        case nil: "none"
        }
    }

    mutating func walk() {
        self.take(self.machine.runCalled(now: self.now))
        if self.startsWell {
            for child in 0..<4 { self.take(self.machine.started(child, 1, now: self.now)) }
        }
        for _ in 0..<150 { self.step() }
        self.finish()
    }

    private mutating func step() {
        let child = Int.random(in: 0..<4, using: &self.generator)
        let generation = (self.live[child] ?? 1) - (Bool.oneIn(10, using: &self.generator) ? 1 : 0)
        switch Int.random(in: 0..<400, using: &self.generator) {
        case 0..<150: self.take(self.machine.started(child, generation, now: self.now))
        case 150..<200: self.machine.answered(child, generation)
        case 200..<250: self.take(self.machine.drained(child, generation, now: self.now))
        case 250..<300: self.ended(child, generation)
        case 300: self.shutdown()
        case 301: self.cutShort()
        default: self.pass(.milliseconds(Int.random(in: 0..<Self.longestStep, using: &self.generator)))
        }
    }

    /// The tree is told to stop, and every child hangs.
    private mutating func finish() {
        self.shutdown()
        for _ in 0..<100 {
            guard let due = self.machine.nextDeadline else { break }
            self.pass(self.now.duration(to: due))
        }
        if self.machine.outcome == nil { self.faults.append("not finished") }
        if !self.live.isEmpty { self.faults.append("instances are left") }
    }

    private mutating func shutdown() {
        if !self.machine.phase.isStopping, self.machine.outcome == nil { self.stopsSince = self.now }
        self.take(self.machine.shutdownCalled(now: self.now))
    }

    private mutating func cutShort() {
        self.take(self.machine.cutShort(now: self.now))
        if self.machine.outcome == nil || !self.live.isEmpty { self.faults.append("cut short, and not at its end") }
    }

    private mutating func ended(_ child: Int, _ generation: Int) {
        let cause = Bool.oneIn(2, using: &self.generator) ? Cause(Fault(description: "boom")) : nil
        self.take(self.machine.ended(child, generation, cause: cause, now: self.now, random: 0))
    }

    private mutating func pass(_ time: Duration) {
        self.now += max(time, .zero)
        self.take(self.machine.tick(now: self.now, random: 0))
    }

    private mutating func take(_ actions: [SupervisorMachine.Action]) {
        for action in actions {
            switch action {
            case .child(let child, .start(let generation)): self.starts(child, generation)
            case .child(let child, .report(.stopping)): self.stops(child)
            case .child(let child, .release): self.live[child] = nil
            case .finish: self.finishes()
            case .child, .report, .ready: continue
            }
        }
        if self.machine.children.contains(where: { $0.leftBehind.count > 5 }) { self.faults.append("left too many") }
    }

    private mutating func starts(_ child: Int, _ generation: Int) {
        if self.live[child] != nil { self.faults.append("\(child) has two instances") }
        if self.stopsSince != nil { self.faults.append("\(child) starts though the tree stops") }
        self.live[child] = generation
        if self.machine.children.prefix(child).contains(where: { $0.generation == 0 }) {
            self.faults.append("one before \(child) never started")
        }
        guard self.strategy != .oneForOne else { return }
        if self.live.keys.contains(where: { $0 > child }) { self.faults.append("one after \(child) is up") }
        // What follows the start in the same answer may already be the next failure.
        guard self.machine.phase == .starting || self.machine.phase == .running else { return }
        let before = self.machine.children.prefix(child)
        if !before.allSatisfy(\.isSettled) { self.faults.append("one before \(child) isn't up") }
    }

    private mutating func stops(_ child: Int) {
        if self.live.keys.contains(where: { $0 > child }) { self.faults.append("\(child) stops before one after it") }
    }

    private mutating func finishes() {
        guard let limit = self.stopLimit, let since = self.stopsSince else { return }
        let longest = limit + .milliseconds(Self.longestStep)
        if since.duration(to: self.now) > longest { self.faults.append("stops for too long") }
    }
}
