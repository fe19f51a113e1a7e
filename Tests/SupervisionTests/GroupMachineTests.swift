import Testing

@testable import Supervision

/// One-for-all and rest-for-one, as transitions: children are named by their index, and all start on one instant.
struct GroupMachineTests {
    private let now = ContinuousClock.now
    private let boom = Cause(Fault(description: "boom"))
    private let ids = ["a", "b", "c"]

    private func machine(
        _ strategy: Strategy,
        _ policies: [RestartPolicy] = [.permanent, .permanent, .permanent],
        restarts: Int = 5
    ) -> SupervisorMachine {
        let children = zip(self.ids, policies).map { id, policy in
            ChildMachine(
                Nursery(id).spec(policy),
                intensity: RestartIntensity(restarts: restarts, period: .seconds(30)),
                backoff: Backoff(jitter: 0),
                liveness: Liveness()
            )
        }
        return SupervisorMachine(id: "root", strategy: strategy, children: children)
    }

    private func running(
        _ strategy: Strategy,
        _ policies: [RestartPolicy] = [.permanent, .permanent, .permanent],
        restarts: Int = 5
    ) -> SupervisorMachine {
        var machine = self.machine(strategy, policies, restarts: restarts)
        _ = machine.runCalled(now: self.now)
        for child in 0..<3 { _ = machine.started(child, 1, now: self.now) }
        return machine
    }

    private func at(_ milliseconds: Int) -> ContinuousClock.Instant {
        self.now + .milliseconds(milliseconds)
    }

    @discardableResult
    private func crash(
        _ machine: inout SupervisorMachine,
        _ child: Int,
        _ generation: Int = 1,
        at milliseconds: Int = 0
    ) -> [SupervisorMachine.Action] {
        machine.ended(child, generation, cause: self.boom, now: self.at(milliseconds), random: 0)
    }

    /// The child does as it was told: its drain and its `run` are back.
    @discardableResult
    private func goDown(
        _ machine: inout SupervisorMachine,
        _ child: Int,
        _ generation: Int = 1,
        at milliseconds: Int = 0
    ) -> [SupervisorMachine.Action] {
        _ = machine.drained(child, generation, now: self.at(milliseconds))
        return machine.ended(child, generation, cause: nil, now: self.at(milliseconds), random: 0)
    }

    private func tick(_ machine: inout SupervisorMachine, at milliseconds: Int) -> [SupervisorMachine.Action] {
        machine.tick(now: self.at(milliseconds), random: 0)
    }

    private func stop(_ child: Int) -> [SupervisorMachine.Action] {
        [.child(child, .report(.stopping(child: self.ids[child]))), .child(child, .drain)]
    }

    private func isStart(_ action: SupervisorMachine.Action) -> Bool {
        if case .child(_, .start) = action { true } else { false }
    }

    @Test func `one-for-all stops the others in reverse order and starts all of them in order`() {
        var machine = self.running(.oneForAll)
        let failing = self.crash(&machine, 1)
        #expect(failing.contains(.report(.regrouping(child: "b", siblings: ["a", "c"]))))
        #expect(failing.suffix(2) == self.stop(2))
        #expect(machine.snapshot.state == .restarting)
        #expect(self.goDown(&machine, 2).suffix(2) == self.stop(0))
        #expect(!self.goDown(&machine, 0).contains(where: self.isStart))
        #expect(machine.nextDeadline == self.at(100))
        #expect(self.tick(&machine, at: 100) == [.child(0, .start(generation: 2))])
        #expect(machine.started(0, 2, now: self.at(100)).last == .child(1, .start(generation: 2)))
        #expect(machine.started(1, 2, now: self.at(100)).last == .child(2, .start(generation: 2)))
        _ = machine.started(2, 2, now: self.at(100))
        #expect(machine.phase == .running)
        #expect(machine.children.map(\.restarts) == [1, 1, 1])
    }

    @Test func `rest-for-one leaves those before the one that failed alone`() {
        var machine = self.running(.restForOne)
        #expect(self.crash(&machine, 1).suffix(2) == self.stop(2))
        self.goDown(&machine, 2)
        #expect(self.tick(&machine, at: 100) == [.child(1, .start(generation: 2))])
        #expect(machine.started(1, 2, now: self.at(100)).last == .child(2, .start(generation: 2)))
        _ = machine.started(2, 2, now: self.at(100))
        #expect(machine.children.map(\.restarts) == [0, 1, 1])
    }

    @Test func `the last child of rest-for-one is restarted alone, and nobody is said to go with it`() {
        var machine = self.running(.restForOne)
        let reports =
            [SupervisionEvent.failed(child: "c", reason: "boom")]
            + [.restarting(child: "c", after: .milliseconds(100))]
        #expect(self.crash(&machine, 2) == [.child(2, .release)] + reports.map { .child(2, .report($0)) })
        #expect(self.tick(&machine, at: 100) == [.child(2, .start(generation: 2))])
    }

    @Test func `a group starts as soon as it is down where that takes longer than the pause`() {
        var machine = self.running(.restForOne)
        self.crash(&machine, 1)
        #expect(self.tick(&machine, at: 100) == [])
        #expect(self.goDown(&machine, 2, at: 3000).last == .child(1, .start(generation: 2)))
    }

    @Test func `a failed instance that is still ending is waited for in its turn`() {
        var machine = self.running(.oneForAll)
        for second in [2, 4, 6, 8, 10, 12] {
            _ = self.tick(&machine, at: second * 1000)
            for child in [0, 2] { machine.answered(child, 1) }
        }
        #expect(self.goDown(&machine, 2, at: 12_000).allSatisfy { $0 != .child(0, .drain) })
        let gone = machine.ended(1, 1, cause: self.boom, now: self.at(12_050), random: 0)
        #expect(gone == [.child(1, .release)] + self.stop(0))
        #expect(machine.children[1].lastFailure == "gave no sign of life for 10 s")
    }

    @Test func `a failure while the group goes down is reported and changes nothing`() {
        var machine = self.running(.oneForAll, restarts: 1)
        self.crash(&machine, 1)
        let failing = self.crash(&machine, 0)
        #expect(failing == [.child(0, .release), .child(0, .report(.failed(child: "a", reason: "boom")))])
        self.goDown(&machine, 2)
        #expect(self.tick(&machine, at: 100) == [.child(0, .start(generation: 2))])
    }

    @Test func `a failure while the group starts counts, and the group goes down again`() {
        var machine = self.running(.oneForAll)
        self.crash(&machine, 2)
        for child in [1, 0] { self.goDown(&machine, child) }
        _ = self.tick(&machine, at: 100)
        _ = machine.started(0, 2, now: self.at(100))
        #expect(self.crash(&machine, 1, 2, at: 100).suffix(2) == self.stop(0))
        self.goDown(&machine, 0, 2, at: 100)
        #expect(machine.nextDeadline == self.at(300))
        #expect(self.tick(&machine, at: 300) == [.child(0, .start(generation: 3))])
        #expect(machine.children.map(\.restarts) == [2, 1, 0])
    }

    @Test func `a group gives up when the restarts that it shares are spent, whoever failed`() {
        var machine = self.running(.oneForAll, restarts: 1)
        self.crash(&machine, 2)
        for child in [1, 0] { self.goDown(&machine, child) }
        _ = self.tick(&machine, at: 100)
        for child in 0..<3 { _ = machine.started(child, 2, now: self.at(100)) }
        #expect(machine.phase == .running)
        self.crash(&machine, 0, 2, at: 200)
        #expect(machine.phase == .stopping(.gaveUp(child: "a", reason: "boom")))
    }

    @Test func `a temporary child goes down with its group and isn't started again`() {
        var machine = self.running(.oneForAll, [.permanent, .temporary, .permanent])
        self.crash(&machine, 0)
        for child in [2, 1] { self.goDown(&machine, child) }
        _ = self.tick(&machine, at: 100)
        #expect(machine.started(0, 2, now: self.at(100)).last == .child(2, .start(generation: 2)))
        #expect(machine.children[1].state == .stopped)
    }

    @Test func `the failure of a temporary child takes nobody down`() {
        var machine = self.running(.oneForAll, [.permanent, .temporary, .permanent])
        self.crash(&machine, 1)
        #expect(machine.phase == .running)
    }

    @Test func `a transient child that had ended is started again with its group`() {
        var machine = self.running(.oneForAll, [.permanent, .transient, .permanent])
        _ = machine.ended(1, 1, cause: nil, now: self.now, random: 0)
        #expect(machine.phase == .running)
        self.crash(&machine, 0)
        self.goDown(&machine, 2)
        _ = self.tick(&machine, at: 100)
        #expect(machine.started(0, 2, now: self.at(100)).last == .child(1, .start(generation: 2)))
    }

    @Test func `a sibling over its stop deadline is abandoned, and what it says later is not heard`() {
        var machine = self.running(.restForOne)
        self.crash(&machine, 1)
        let late = self.tick(&machine, at: 5000)
        #expect(late.contains(.child(2, .report(.abandoned(child: "c")))))
        #expect(late.last == .child(1, .start(generation: 2)))
        _ = machine.started(1, 2, now: self.at(5000))
        #expect(machine.ended(2, 1, cause: self.boom, now: self.at(5001), random: 0) == [])
        #expect(machine.children[2].restarts == 1)
    }

    @Test func `a failure of one before the group that goes down widens it`() {
        var machine = self.running(.restForOne)
        self.crash(&machine, 1)
        let failing = self.crash(&machine, 0, at: 50)
        #expect(failing.contains(.report(.regrouping(child: "a", siblings: ["c"]))))
        #expect(self.goDown(&machine, 2, at: 60) == [.child(2, .release), .child(2, .report(.stopped(child: "c")))])
        #expect(machine.nextDeadline == self.at(250))
        #expect(self.tick(&machine, at: 250) == [.child(0, .start(generation: 2))])
    }

    @Test func `a group that fails during the first start is started again, and then the rest`() {
        var machine = self.machine(.oneForAll, [.permanent, .permanent, .temporary])
        _ = machine.runCalled(now: self.now)
        _ = machine.started(0, 1, now: self.now)
        #expect(self.crash(&machine, 0).last == .child(1, .cancel))
        _ = machine.ended(1, 1, cause: nil, now: self.now, random: 0)
        #expect(self.tick(&machine, at: 100) == [.child(0, .start(generation: 2))])
        _ = machine.started(0, 2, now: self.at(100))
        #expect(machine.started(1, 2, now: self.at(100)).last == .child(2, .start(generation: 1)))
    }

    @Test func `a shutdown while a group goes down starts nothing again`() {
        var machine = self.running(.oneForAll)
        self.crash(&machine, 1)
        _ = machine.shutdownCalled(now: self.now)
        #expect(self.goDown(&machine, 2).suffix(2) == self.stop(0))
        #expect(self.goDown(&machine, 0).last == .finish)
        #expect(machine.nextDeadline == nil)
        #expect(machine.outcome == .shutdown)
    }

    @Test func `a shutdown during the pause of a group ends it`() {
        var machine = self.running(.restForOne)
        self.crash(&machine, 2)
        #expect(machine.shutdownCalled(now: self.now).suffix(2) == self.stop(1))
        #expect(self.tick(&machine, at: 100) == [])
        #expect(machine.children[2].state == .stopped)
    }
}
