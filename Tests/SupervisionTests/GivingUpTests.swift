import Testing

@testable import Supervision

/// Whom the restarts don't help: a child of any kind is given up or forgiven by how long it was well in between.
struct GivingUpTests {
    private let start = ContinuousClock.now
    private let boom = Cause(Fault(description: "boom"))

    /// One child in time that passes as it is told to.
    private struct Life {
        var machine: ChildMachine
        var now: ContinuousClock.Instant
        var pauses: [Duration] = []

        var isGivenUp: Bool { self.machine.demand != nil }

        mutating func startUp() {
            while case .backingOff(let until) = self.machine.state { self.tick(at: until) }
            _ = self.machine.started(self.machine.generation, now: self.now)
        }

        /// Is up and answers for so long.
        mutating func live(for time: Duration) {
            let end = self.now + time
            while let round = self.machine.nextDeadline, round <= end {
                self.tick(at: round)
                self.machine.answered(self.machine.generation)
            }
            self.now = end
        }

        /// Time passes, and it does nothing but end when it is cancelled, if that, until it is made again or given up.
        mutating func hang(isStubborn: Bool = false) {
            let generation = self.machine.generation
            while !self.isGivenUp, self.machine.generation == generation, let deadline = self.machine.nextDeadline {
                if case .backingOff(let until) = self.machine.state { self.pauses.append(self.now.duration(to: until)) }
                self.tick(at: deadline)
                if !isStubborn, case .ending = self.machine.state { self.end() }
            }
        }

        private mutating func end() {
            _ = self.machine.ended(self.machine.generation, cause: nil, now: self.now, random: 0)
        }

        private mutating func tick(at instant: ContinuousClock.Instant) {
            self.now = max(self.now, instant)
            _ = self.machine.tick(now: self.now, random: 0)
        }
    }

    private func life(_ intensity: RestartIntensity = RestartIntensity()) -> Life {
        let machine = ChildMachine(
            Nursery("a").spec(),
            intensity: intensity,
            backoff: Backoff(jitter: 0),
            liveness: Liveness()
        )
        var life = Life(machine: machine, now: self.start)
        _ = life.machine.start(now: self.start)
        life.startUp()
        return life
    }

    @Test func `a child that hangs again and again is given up`() {
        var life = self.life()
        for _ in 0..<5 {
            life.hang()
            #expect(!life.isGivenUp)
            life.startUp()
        }
        life.hang()
        #expect(life.machine.demand == .gaveUp(child: "a", reason: "gave no sign of life for 10 s"))
    }

    @Test func `a restart that is late again and again is given up`() {
        var life = self.life()
        for _ in 0..<6 {
            #expect(!life.isGivenUp)
            life.hang()
        }
        #expect(life.machine.demand == .gaveUp(child: "a", reason: "did not start within 30 s"))
    }

    @Test func `the pause grows, however long it takes to find each failure`() {
        var life = self.life()
        for _ in 0..<6 {
            life.hang()
            life.startUp()
        }
        #expect(life.pauses == [100, 200, 400, 800, 1600].map { .milliseconds($0) })
    }

    @Test func `a child that is well for the period between its failures is never given up`() {
        var life = self.life()
        for _ in 0..<100 {
            life.live(for: .seconds(30))
            life.hang()
            #expect(life.machine.budget.attempt == 1)
            life.startUp()
        }
        #expect(!life.isGivenUp)
    }

    @Test func `a supervisor that gives up the same child again and again, which is never well, is given up`() {
        var life = self.life()
        let cause = Cause(SupervisionFailure.gaveUp(child: "b", reason: "hangs", wellFor: .zero))
        for _ in 0..<6 {
            #expect(!life.isGivenUp)
            life.live(for: .seconds(72))
            _ = life.machine.ended(life.machine.generation, cause: cause, now: life.now, random: 0)
            life.startUp()
        }
        #expect(life.machine.demand == .gaveUp(child: "a", reason: "b: hangs"))
    }

    @Test func `a budget whose period is shorter than the pauses can be spent`() {
        var life = self.life(RestartIntensity(restarts: 3, period: .milliseconds(50)))
        for _ in 0..<4 {
            #expect(!life.isGivenUp)
            _ = life.machine.ended(life.machine.generation, cause: self.boom, now: life.now, random: 0)
            life.startUp()
        }
        #expect(life.machine.demand == .gaveUp(child: "a", reason: "boom"))
    }

    @Test func `counts the instances left behind that still run, and makes no other beside five of them`() {
        var life = self.life()
        for count in 1...5 {
            life.live(for: .seconds(60))
            life.hang(isStubborn: true)
            #expect(life.machine.snapshot.leftBehind == count)
            if count < 5 { life.startUp() }
        }
        let cause = Cause(ChildFault.leftBehind(5))
        #expect(life.machine.demand == .gaveUp(child: "a", reason: "5 instances were left behind and still run"))
        #expect(life.machine.state == .failed(.gaveUp(cause)))
        #expect(life.machine.generation == 5)
        _ = life.machine.ended(2, cause: nil, now: life.now, random: 0)
        #expect(life.machine.snapshot.leftBehind == 4)
    }

    @Test func `an instance whose run came back after all isn't left behind any more`() {
        var life = self.life()
        for generation in 1...20 {
            life.live(for: .seconds(60))
            life.hang(isStubborn: true)
            _ = life.machine.ended(generation, cause: self.boom, now: life.now, random: 0)
            #expect(life.machine.snapshot.leftBehind == 0)
            life.startUp()
        }
        #expect(!life.isGivenUp)
    }

    @Test func `a group of which one can't be made any more gives up`() {
        var machine = self.pair()
        var now = self.start
        _ = machine.runCalled(now: now)
        for generation in 1...5 {
            for child in 0..<2 { _ = machine.started(child, generation, now: now) }
            now += .seconds(60)
            _ = machine.ended(0, generation, cause: self.boom, now: now, random: 0)
            now += .seconds(5)
            _ = machine.tick(now: now, random: 0)
        }
        #expect(machine.phase == .starting)
        _ = machine.started(0, 6, now: now)
        #expect(machine.phase == .stopping(.gaveUp(child: "b", reason: "5 instances were left behind and still run")))
    }

    @Test func `a group is well while all are up: one that fails whenever another starts is given up`() {
        var machine = self.pair()
        var now = self.start
        _ = machine.runCalled(now: now)
        for generation in 1...6 {
            #expect(machine.phase == .starting)
            _ = machine.started(0, generation, now: now)
            now += .seconds(29)
            _ = machine.ended(0, generation, cause: self.boom, now: now, random: 0)
            _ = machine.ended(1, generation, cause: nil, now: now, random: 0)
            now += .seconds(2)
            _ = machine.tick(now: now, random: 0)
        }
        #expect(machine.outcome == .gaveUp(child: "a", reason: "boom"))
    }

    @Test func `a group that was up for the period between its failures is never given up`() {
        var machine = self.pair()
        var now = self.start
        _ = machine.runCalled(now: now)
        for generation in 1...20 {
            for child in 0..<2 { _ = machine.started(child, generation, now: now) }
            now += .seconds(30)
            _ = machine.ended(0, generation, cause: self.boom, now: now, random: 0)
            _ = machine.drained(1, generation, now: now)
            _ = machine.ended(1, generation, cause: nil, now: now, random: 0)
            now += .seconds(2)
            _ = machine.tick(now: now, random: 0)
        }
        #expect(machine.phase == .starting)
    }

    @Test(arguments: [Strategy.oneForAll, .restForOne])
    func `failures while a group starts don't use up its start deadline`(_ strategy: Strategy) throws {
        let children = ["a", "b"].map { Nursery($0).spec() }
        let pool = ChildSpec.supervisor(id: "pool", purpose: "", strategy: strategy, children: children)
        let branch = try #require(pool.branch)
        var machine = SupervisorMachine(id: "pool", strategy: strategy, children: branch.machines(below: ""))
        var now = self.start
        _ = machine.runCalled(now: now)
        for generation in 1...6 {
            now += .seconds(30) - .nanoseconds(1)
            _ = machine.started(0, generation, now: now)
            now += .seconds(30) - .nanoseconds(1)
            guard generation < 6 else { break }
            _ = machine.ended(0, generation, cause: self.boom, now: now, random: 0)
            now += .seconds(5) - .nanoseconds(1)
            _ = machine.ended(1, generation, cause: nil, now: now, random: 0)
            now += .seconds(2)
            _ = machine.tick(now: now, random: 0)
        }
        _ = machine.started(1, 6, now: now)
        #expect(machine.phase == .running)
        #expect(self.start.duration(to: now) < pool.startDeadline)
    }

    /// Two that are restarted together, and aren't asked for signs of life.
    private func pair() -> SupervisorMachine {
        let children = ["a", "b"].map { id in
            ChildMachine(
                Nursery(id).spec(),
                intensity: RestartIntensity(),
                backoff: Backoff(jitter: 0),
                liveness: nil
            )
        }
        return SupervisorMachine(id: "root", strategy: .oneForAll, children: children)
    }
}
