import Testing

@testable import Supervision

/// Random walks of a dynamic supervisor: whatever comes and whenever, some things hold.
struct DynamicWalkTests {
    @Test(arguments: [RestartPolicy.permanent, .transient, .temporary], 0..<200)
    func `each start is answered once, the count is of what is there, and none is left`(
        _ restart: RestartPolicy,
        _ seed: Int
    ) {
        var walk = Walk(restart, seed: UInt64(seed))
        for _ in 0..<200 { walk.step() }
        walk.end()
        #expect(walk.faults == [])
    }
}

/// Children that come, start, fail, return, hang, answer and are ended by chance.
private struct Walk {
    private var machine: DynamicMachine<Int>
    private var generator: SplitMix
    private var now = ContinuousClock.now
    /// The generation of each child's instance that wasn't let go.
    private var live: [Int: Int] = [:]
    /// Who waits for a start.
    private var waiting: Set<Int> = []
    private var present: Set<Int> = []
    private(set) var faults: [String] = []

    private static let limit = 6

    init(_ restart: RestartPolicy, seed: UInt64) {
        self.generator = SplitMix(state: seed)
        let template = ChildTemplate(
            restart: restart,
            intensity: RestartIntensity(restarts: 3),
            storm: Bool.oneIn(2, using: &self.generator) ? RestartIntensity(restarts: 40) : nil,
            liveness: Liveness(),
            startDeadline: .seconds(3)
        )
        self.machine = DynamicMachine(template: template, path: "", limit: Self.limit, stopLimit: .seconds(4))
        self.machine.runCalled()
    }

    mutating func step() {
        let number = self.present.randomElement(using: &self.generator) ?? 1
        // Some of what is told is of an instance that is over.
        let generation = (self.live[number] ?? 1) - (Bool.oneIn(10, using: &self.generator) ? 1 : 0)
        switch Int.random(in: 0..<9, using: &self.generator) {
        case 0...1: self.come(Int.random(in: 0..<8, using: &self.generator))
        case 2...3: self.take(self.machine.started(number, generation, now: self.now))
        case 4: self.machine.answered(number, generation)
        case 5: self.take(self.machine.drained(number, generation))
        case 6: self.ended(number, generation)
        case 7 where Bool.oneIn(3, using: &self.generator):
            self.take(self.machine.endCalled(number, now: self.now))
        default: self.pass(.milliseconds(Int.random(in: 0..<1500, using: &self.generator)))
        }
        self.check()
    }

    /// All are told to stop, and hang, or are left behind at once.
    mutating func end() {
        let isCut = Bool.oneIn(4, using: &self.generator)
        self.take(isCut ? self.machine.cutShort(now: self.now) : self.machine.shutdownCalled(now: self.now))
        if !isCut { self.pass(.seconds(4)) }
        self.check()
        if self.machine.outcome == nil { self.faults.append("not finished") }
        if self.machine.count > 0 || !self.live.isEmpty { self.faults.append("some are left") }
        if !self.waiting.isEmpty { self.faults.append("somebody waits for a start") }
        if self.machine.nextDeadline != nil { self.faults.append("waits for something") }
    }

    private mutating func come(_ id: Int) {
        do throws(DynamicStartFailure) {
            let (number, actions) = try self.machine.startCalled(id, now: self.now)
            self.waiting.insert(number)
            self.present.insert(number)
            self.take(actions)
        } catch {
            let isFull = self.present.count == Self.limit
            guard case .limitReached = error, !isFull else { return }
            self.faults.append("refused \(id) though there was room")
        }
    }

    private mutating func ended(_ number: Int, _ generation: Int) {
        let cause = Bool.oneIn(2, using: &self.generator) ? Cause(Fault(description: "boom")) : nil
        self.take(self.machine.ended(number, generation, cause: cause, now: self.now, random: 0))
    }

    private mutating func pass(_ time: Duration) {
        self.now += time
        self.take(self.machine.tick(now: self.now, random: 0))
    }

    private mutating func check() {
        if self.machine.count != self.present.count { self.faults.append("the count isn't of what is there") }
        if self.present.count > Self.limit { self.faults.append("more than may be") }
    }

    private mutating func take(_ actions: [DynamicMachine<Int>.Action]) {
        for action in actions {
            switch action {
            case .child(let number, .start(let generation)): self.starts(number, generation)
            case .child(let number, .release): self.live[number] = nil
            case .started(let number): self.waiting.remove(number)
            case .gone(let number, _): self.goes(number)
            case .child, .finish: continue
            }
        }
    }

    private mutating func starts(_ number: Int, _ generation: Int) {
        if self.live[number] != nil { self.faults.append("\(number) has two instances") }
        self.live[number] = generation
    }

    private mutating func goes(_ number: Int) {
        self.waiting.remove(number)
        if self.present.remove(number) == nil { self.faults.append("\(number) is gone twice") }
        if self.live[number] != nil { self.faults.append("\(number) is gone with an instance") }
    }
}
