import Testing

@testable import Supervision

/// Random walks: whatever children do and whenever, some things hold.
struct MachineWalkTests {
    @Test(arguments: [Strategy.oneForOne, .oneForAll, .restForOne], 0..<200)
    func `a child has one instance at most, starts in its turn, and all end`(_ strategy: Strategy, _ seed: Int) {
        var walk = Walk(strategy, seed: UInt64(seed))
        walk.begin()
        for _ in 0..<150 { walk.step() }
        walk.end()
        #expect(walk.faults == [])
    }
}

/// A tree of four children that start, fail, return, hang and answer by chance.
private struct Walk {
    private var machine: SupervisorMachine
    private let strategy: Strategy
    private var generator: SplitMix
    private var now = ContinuousClock.now
    /// The generation of each child's instance that wasn't let go.
    private var live: [Int: Int] = [:]
    private(set) var faults: [String] = []

    init(_ strategy: Strategy, seed: UInt64) {
        self.strategy = strategy
        self.generator = SplitMix(state: seed)
        let policies: [RestartPolicy] = [.permanent, .transient, .temporary, .permanent]
        let children = policies.enumerated().map { index, policy in
            ChildMachine(
                Nursery("\(index)").spec(policy),
                intensity: RestartIntensity(restarts: 20, period: .seconds(30)),
                backoff: Backoff(),
                liveness: Liveness()
            )
        }
        self.machine = SupervisorMachine(id: "root", strategy: strategy, children: children)
    }

    mutating func begin() {
        self.take(self.machine.runCalled(now: self.now))
        for child in 0..<4 { self.take(self.machine.started(child, 1, now: self.now)) }
    }

    mutating func step() {
        let child = Int.random(in: 0..<4, using: &self.generator)
        let generation = (self.live[child] ?? 1) - (Bool.oneIn(10, using: &self.generator) ? 1 : 0)
        switch Int.random(in: 0..<8, using: &self.generator) {
        case 0...2: self.take(self.machine.started(child, generation, now: self.now))
        case 3: self.machine.answered(child, generation)
        case 4: self.take(self.machine.drained(child, generation, now: self.now))
        case 5: self.ended(child, generation)
        default: self.pass(.milliseconds(Int.random(in: 0..<1500, using: &self.generator)))
        }
    }

    /// The tree is told to stop, and every child hangs.
    mutating func end() {
        self.take(self.machine.shutdownCalled(now: self.now))
        for _ in 0..<5 { self.pass(.seconds(5)) }
        if self.machine.outcome == nil { self.faults.append("not finished") }
        if !self.live.isEmpty { self.faults.append("instances are left") }
        if self.machine.nextDeadline != nil { self.faults.append("waits for something") }
    }

    private mutating func ended(_ child: Int, _ generation: Int) {
        let cause = Bool.oneIn(2, using: &self.generator) ? Cause(Fault(description: "boom")) : nil
        self.take(self.machine.ended(child, generation, cause: cause, now: self.now, random: 0))
    }

    private mutating func pass(_ time: Duration) {
        self.now += time
        self.take(self.machine.tick(now: self.now, random: 0))
    }

    private mutating func take(_ actions: [SupervisorMachine.Action]) {
        for action in actions {
            switch action {
            case .child(let child, .start(let generation)): self.starts(child, generation)
            case .child(let child, .release): self.live[child] = nil
            case .child, .report, .ready, .finish: continue
            }
        }
    }

    private mutating func starts(_ child: Int, _ generation: Int) {
        if self.live[child] != nil { self.faults.append("\(child) has two instances") }
        self.live[child] = generation
        guard self.strategy != .oneForOne else { return }
        if self.live.keys.contains(where: { $0 > child }) { self.faults.append("one after \(child) is up") }
        // What follows the start in the same answer may already be the next failure.
        guard self.machine.phase == .starting || self.machine.phase == .running else { return }
        let before = self.machine.children.prefix(child)
        if !before.allSatisfy(\.isSettled) { self.faults.append("one before \(child) isn't up") }
    }
}
