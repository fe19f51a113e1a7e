import Testing

@testable import Supervision

struct SupervisorMachineTests {
    private let now = ContinuousClock.now
    private let boom = Cause(Fault(description: "boom"))

    private func machine(_ ids: [String], restarts: Int = 5, stopLimit: Duration? = nil) -> SupervisorMachine {
        let children = ids.map { id in
            ChildMachine(
                Nursery(id).spec(),
                intensity: RestartIntensity(restarts: restarts, period: .seconds(30)),
                backoff: Backoff(jitter: 0),
                liveness: Liveness()
            )
        }
        return SupervisorMachine(id: "root", strategy: .oneForOne, children: children, stopLimit: stopLimit)
    }

    private func running(_ ids: [String], restarts: Int = 5, stopLimit: Duration? = nil) -> SupervisorMachine {
        var machine = self.machine(ids, restarts: restarts, stopLimit: stopLimit)
        _ = machine.runCalled(now: self.now)
        for child in ids.indices { _ = machine.started(child, 1, now: self.now) }
        return machine
    }

    private func crash(
        _ machine: inout SupervisorMachine,
        _ child: Int,
        _ generation: Int
    ) -> [SupervisorMachine.Action] {
        machine.ended(child, generation, cause: self.boom, now: self.now, random: 0)
    }

    @Test func `starts each child after started of the one before`() {
        var machine = self.machine(["a", "b"])
        #expect(machine.runCalled(now: self.now) == [.child(0, .start(generation: 1))])
        let reports = [ChildMachine.Action.report(.started(child: "a")), .report(.started(child: "b"))]
        let first = machine.started(0, 1, now: self.now)
        #expect(first == [.child(0, reports[0]), .child(1, .start(generation: 1))])
        #expect(machine.phase == .starting)
        #expect(machine.started(1, 1, now: self.now) == [.child(1, reports[1]), .ready])
        #expect(machine.phase == .running)
    }

    @Test func `a tree without children runs, and stops at once`() {
        var machine = self.machine([])
        #expect(machine.runCalled(now: self.now) == [.ready])
        #expect(machine.phase == .running)
        #expect(machine.shutdownCalled(now: self.now) == [.finish])
    }

    @Test func `a child that crashes while a later one starts is restarted, and the next waits for both`() {
        var machine = self.machine(["a", "b", "c"])
        _ = machine.runCalled(now: self.now)
        _ = machine.started(0, 1, now: self.now)
        _ = self.crash(&machine, 0, 1)
        #expect(machine.started(1, 1, now: self.now) == [.child(1, .report(.started(child: "b")))])
        #expect(machine.tick(now: self.now + .seconds(1), random: 0) == [.child(0, .start(generation: 2))])
        #expect(machine.started(0, 2, now: self.now).contains(.child(2, .start(generation: 1))))
    }

    @Test func `a first start that fails stops those started, in reverse, and ends with its error`() {
        var machine = self.machine(["a", "b", "c"])
        _ = machine.runCalled(now: self.now)
        for child in [0, 1] { _ = machine.started(child, 1, now: self.now) }
        let failing = self.crash(&machine, 2, 1)
        #expect(failing.suffix(2) == [.child(1, .report(.stopping(child: "b"))), .child(1, .drain)])
        _ = machine.drained(1, 1, now: self.now)
        let next = machine.ended(1, 1, cause: nil, now: self.now, random: 0)
        #expect(next.suffix(2) == [.child(0, .report(.stopping(child: "a"))), .child(0, .drain)])
        _ = machine.drained(0, 1, now: self.now)
        #expect(machine.ended(0, 1, cause: nil, now: self.now, random: 0).last == .finish)
        #expect(machine.outcome == .startFailed(child: "c", self.boom))
        #expect(machine.snapshot.state == .failed)
        #expect(machine.snapshot.lastFailure == "c: boom")
    }

    @Test func `children that crash together are restarted each on its own`() {
        var machine = self.running(["a", "b"])
        _ = self.crash(&machine, 0, 1)
        _ = self.crash(&machine, 1, 1)
        let actions = machine.tick(now: self.now + .seconds(1), random: 0)
        #expect(actions == [.child(0, .start(generation: 2)), .child(1, .start(generation: 2))])
        _ = machine.started(1, 2, now: self.now)
        #expect(machine.snapshot.state == .running)
        #expect(self.crash(&machine, 0, 2).contains(.child(0, .release)))
        #expect(machine.children.map(\.restarts) == [1, 1])
    }

    @Test func `each child has a budget of its own`() {
        var machine = self.running(["a", "b"], restarts: 1)
        _ = self.crash(&machine, 0, 1)
        _ = self.crash(&machine, 1, 1)
        #expect(machine.phase == .running)
    }

    @Test func `a child whose budget is spent takes the others down, and the tree has failed`() {
        var machine = self.running(["a", "b"], restarts: 0)
        let actions = self.crash(&machine, 0, 1)
        #expect(actions.contains(.child(0, .report(.gaveUp(child: "a", reason: "boom")))))
        #expect(actions.suffix(2) == [.child(1, .report(.stopping(child: "b"))), .child(1, .drain)])
        _ = machine.drained(1, 1, now: self.now)
        #expect(machine.ended(1, 1, cause: nil, now: self.now, random: 0).last == .finish)
        #expect(machine.outcome == .gaveUp(child: "a", reason: "boom"))
    }

    @Test func `a second end in sight doesn't replace the first`() {
        var machine = self.running(["a", "b"], restarts: 0)
        _ = self.crash(&machine, 0, 1)
        _ = machine.shutdownCalled(now: self.now)
        #expect(machine.phase == .stopping(.gaveUp(child: "a", reason: "boom")))
    }

    @Test func `a shutdown during the start stops what started and starts no more`() {
        var machine = self.machine(["a", "b", "c"])
        _ = machine.runCalled(now: self.now)
        _ = machine.started(0, 1, now: self.now)
        let actions = machine.shutdownCalled(now: self.now)
        #expect(actions == [.child(1, .report(.stopping(child: "b"))), .child(1, .cancel)])
        #expect(machine.started(1, 1, now: self.now) == [])
        let next = machine.ended(1, 1, cause: self.boom, now: self.now, random: 0)
        #expect(next.last == .child(0, .drain))
        _ = machine.drained(0, 1, now: self.now)
        #expect(machine.ended(0, 1, cause: nil, now: self.now, random: 0).last == .finish)
        #expect(machine.outcome == .shutdown)
    }

    @Test func `a shutdown during a pause before a restart restarts nothing`() {
        var machine = self.running(["a"])
        _ = self.crash(&machine, 0, 1)
        #expect(machine.shutdownCalled(now: self.now) == [.child(0, .report(.stopped(child: "a"))), .finish])
        #expect(machine.nextDeadline == nil)
    }

    @Test func `a child that ignores its cancellation is passed over at its deadline`() {
        var machine = self.running(["a", "b"])
        _ = machine.shutdownCalled(now: self.now)
        let actions = machine.tick(now: self.now + .seconds(5), random: 0)
        #expect(actions.contains(.child(1, .report(.abandoned(child: "b")))))
        #expect(actions.last == .child(0, .drain))
    }

    @Test func `an earlier child that ends during the shutdown is passed over in its turn`() {
        var machine = self.running(["a", "b"])
        _ = machine.shutdownCalled(now: self.now)
        _ = machine.ended(0, 1, cause: nil, now: self.now, random: 0)
        _ = machine.drained(1, 1, now: self.now)
        #expect(machine.ended(1, 1, cause: nil, now: self.now, random: 0).last == .finish)
        #expect(machine.outcome == .shutdown)
        #expect(machine.children.allSatisfy { $0.lastFailure == nil })
    }

    @Test func `a shutdown is asked for twice and done once`() {
        var machine = self.running(["a"])
        #expect(!machine.shutdownCalled(now: self.now).isEmpty)
        #expect(machine.shutdownCalled(now: self.now).isEmpty)
    }

    @Test func `a tree shut down before it ran never starts`() {
        var machine = self.machine(["a"])
        #expect(machine.shutdownCalled(now: self.now) == [.finish])
        #expect(machine.runCalled(now: self.now) == [])
    }

    @Test func `waits for the earliest deadline of its children`() {
        var machine = self.running(["a", "b"])
        #expect(machine.nextDeadline == self.now + .seconds(2))
        _ = self.crash(&machine, 1, 1)
        #expect(machine.nextDeadline == self.now + .milliseconds(100))
    }

    @Test func `leaves behind whoever isn't down at the limit of the whole stop, last one first`() {
        var machine = self.running(["a", "b"], stopLimit: .seconds(4))
        #expect(machine.nextDeadline == self.now + .seconds(2))
        _ = machine.shutdownCalled(now: self.now)
        #expect(machine.nextDeadline == self.now + .seconds(4))
        let left = [1, 0].flatMap { child -> [SupervisorMachine.Action] in
            let report = SupervisionEvent.abandoned(child: child == 0 ? "a" : "b")
            return [.child(child, .cancel), .child(child, .release), .child(child, .report(report))]
        }
        #expect(machine.tick(now: self.now + .seconds(4), random: 0) == left + [.finish])
        #expect(machine.children.map(\.lastFailure) == ["did not stop within 4 s", "did not stop within 4 s"])
        #expect(machine.outcome == .shutdown)
    }

    @Test func `one that had failed and is left behind keeps its failure`() {
        var machine = self.running(["a"], stopLimit: .seconds(4))
        for second in [2, 4, 6, 8, 10, 12] { _ = machine.tick(now: self.now + .seconds(second), random: 0) }
        #expect(machine.cutShort(now: self.now + .seconds(13)).last == .finish)
        #expect(machine.children.map(\.lastFailure) == ["gave no sign of life for 10 s"])
    }

    @Test func `the limit of the whole stop begins anew where the process stood still`() {
        var machine = self.running(["a", "b"], stopLimit: .seconds(6))
        _ = machine.shutdownCalled(now: self.now)
        #expect(machine.tick(now: self.now + .seconds(60), random: 0) == [])
        let next = machine.tick(now: self.now + .seconds(65), random: 0)
        #expect(next.last == .child(0, .drain))
        #expect(machine.tick(now: self.now + .seconds(66), random: 0).last == .finish)
    }

    @Test func `cut short, it ends at once, whatever it was doing`() {
        var running = self.running(["a", "b"])
        #expect(running.cutShort(now: self.now).last == .finish)
        #expect(running.children.allSatisfy { $0.isDown })
        #expect(running.cutShort(now: self.now) == [])

        var stopping = self.running(["a"], restarts: 0)
        _ = stopping.shutdownCalled(now: self.now)
        #expect(stopping.cutShort(now: self.now).last == .finish)
    }
}
