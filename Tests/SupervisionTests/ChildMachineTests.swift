import Testing

@testable import Supervision

struct ChildMachineTests {
    private let now = ContinuousClock.now
    private let boom = Cause(Fault(description: "boom"))

    private func machine(_ restart: RestartPolicy = .permanent, restarts: Int = 5) -> ChildMachine {
        let spec = Nursery("a").spec(restart)
        let intensity = RestartIntensity(restarts: restarts, period: .seconds(30))
        return ChildMachine(spec, intensity: intensity, backoff: Backoff(jitter: 0), liveness: Liveness())
    }

    private func running(_ restart: RestartPolicy = .permanent, restarts: Int = 5) -> ChildMachine {
        var machine = self.machine(restart, restarts: restarts)
        _ = machine.start(now: self.now)
        _ = machine.started(1, now: self.now)
        return machine
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant {
        self.now + .milliseconds(Int((seconds * 1000).rounded()))
    }

    @Test func `starts and reports once that it started`() {
        var machine = self.machine()
        #expect(machine.start(now: self.now) == [.start(generation: 1)])
        #expect(machine.nextDeadline == self.at(30))
        #expect(machine.started(1, now: self.now) == [.report(.started(child: "a"))])
        #expect(machine.started(1, now: self.now) == [])
        #expect(machine.isSettled)
    }

    @Test func `a running child that throws is restarted after the pause, as the next generation`() {
        var machine = self.running()
        let actions = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        let restarting = SupervisionEvent.restarting(child: "a", after: .milliseconds(100))
        #expect(actions == [.release, .report(.failed(child: "a", reason: "boom")), .report(restarting)])
        #expect(machine.tick(now: self.at(0.099), random: 0) == [])
        #expect(machine.tick(now: self.at(0.1), random: 0) == [.start(generation: 2)])
        #expect(machine.restarts == 1)
        #expect(machine.lastFailure == "boom")
    }

    @Test func `the pause grows with the failures in a row and starts anew after a quiet period`() {
        var machine = self.running()
        var generation = 1
        let pauses = [0.0, 1, 2, 60].map { second in
            _ = machine.ended(generation, cause: self.boom, now: self.at(second), random: 0)
            let pause = machine.nextDeadline.map { self.at(second).duration(to: $0) }
            _ = machine.tick(now: self.at(second + 0.5), random: 0)
            generation += 1
            _ = machine.started(generation, now: self.at(second + 0.5))
            return pause
        }
        #expect(pauses == [100, 200, 400, 100].map { .milliseconds($0) })
    }

    @Test func `a permanent child that returns has crashed`() {
        var machine = self.running()
        let actions = machine.ended(1, cause: nil, now: self.now, random: 0)
        #expect(actions.contains(.report(.failed(child: "a", reason: "returned unasked"))))
        #expect(machine.state == .backingOff(until: self.at(0.1)))
    }

    @Test(arguments: [RestartPolicy.transient, .temporary])
    func `a child that isn't permanent may return`(_ policy: RestartPolicy) {
        var machine = self.running(policy)
        let actions = machine.ended(1, cause: nil, now: self.now, random: 0)
        #expect(actions == [.release, .report(.stopped(child: "a"))])
        #expect(machine.state == .stopped)
        #expect(machine.isSettled)
    }

    @Test func `a transient child that throws is restarted`() {
        var machine = self.running(.transient)
        _ = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(machine.state == .backingOff(until: self.at(0.1)))
    }

    @Test func `a temporary child that throws is reported and left at that`() {
        var machine = self.running(.temporary)
        let actions = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(actions == [.release, .report(.failed(child: "a", reason: "boom"))])
        #expect(machine.state == .failed(.tolerated))
        #expect(machine.demand == nil)
    }

    @Test func `gives up at the failure after the last restart granted`() {
        var machine = self.running(restarts: 1)
        _ = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        _ = machine.tick(now: self.at(1), random: 0)
        _ = machine.started(2, now: self.at(1))
        let actions = machine.ended(2, cause: self.boom, now: self.at(2), random: 0)
        let reports = [SupervisionEvent.failed(child: "a", reason: "boom"), .gaveUp(child: "a", reason: "boom")]
        #expect(actions == [.release] + reports.map { .report($0) })
        #expect(machine.demand == .gaveUp(child: "a", reason: "boom"))
    }

    @Test(arguments: [RestartPolicy.permanent, .transient, .temporary])
    func `any end before the first started fails the start of the tree`(_ policy: RestartPolicy) {
        var thrown = self.machine(policy)
        _ = thrown.start(now: self.now)
        _ = thrown.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(thrown.demand == .startFailed(child: "a", self.boom))

        var returned = self.machine(policy)
        _ = returned.start(now: self.now)
        _ = returned.ended(1, cause: nil, now: self.now, random: 0)
        #expect(returned.demand == .startFailed(child: "a", Cause(ChildFault.returned)))
    }

    @Test func `a restart that fails before started counts like any failure`() {
        var machine = self.running(restarts: 2)
        _ = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        _ = machine.tick(now: self.at(0.1), random: 0)
        _ = machine.ended(2, cause: self.boom, now: self.at(0.2), random: 0)
        #expect(machine.state == .backingOff(until: self.at(0.4)))
        _ = machine.tick(now: self.at(0.4), random: 0)
        _ = machine.ended(3, cause: self.boom, now: self.at(0.5), random: 0)
        #expect(machine.demand == .gaveUp(child: "a", reason: "boom"))
    }

    @Test func `a first start over its deadline is cancelled and fails the tree`() {
        var machine = self.machine()
        _ = machine.start(now: self.now)
        let reason = "did not start within 30 s"
        #expect(machine.tick(now: self.at(29.9), random: 0) == [])
        #expect(machine.tick(now: self.at(30), random: 0) == [.cancel, .report(.failed(child: "a", reason: reason))])
        #expect(machine.demand == .startFailed(child: "a", Cause(ChildFault.startOverdue(.seconds(30)))))
        #expect(!machine.isDown)
    }

    @Test func `a start isn't over because the process stood still: its deadline begins anew`() {
        var machine = self.machine()
        _ = machine.start(now: self.now)
        #expect(machine.tick(now: self.at(32.001), random: 0) == [])
        #expect(machine.nextDeadline == self.at(62.001))
        #expect(machine.tick(now: self.at(64.001), random: 0).first == .cancel)
    }

    @Test func `nor is a stop, asked for or after a failure`() {
        var stopping = self.running()
        _ = stopping.stop(now: self.now)
        #expect(stopping.tick(now: self.at(60), random: 0) == [])
        #expect(stopping.tick(now: self.at(65), random: 0).contains(.report(.abandoned(child: "a"))))

        var ending = self.running()
        for second in [2.0, 4, 6, 8, 10, 12] { _ = ending.tick(now: self.at(second), random: 0) }
        #expect(ending.tick(now: self.at(60), random: 0) == [])
        #expect(ending.tick(now: self.at(65), random: 0).contains(.report(.abandoned(child: "a"))))
    }

    @Test func `a mute child is asked, then cancelled, and restarted once it is gone`() {
        var machine = self.running()
        #expect(machine.tick(now: self.at(2), random: 0) == [.ask])
        for second in [4.0, 6, 8, 10] { #expect(machine.tick(now: self.at(second), random: 0) == []) }
        let actions = machine.tick(now: self.at(12), random: 0)
        #expect(actions.first == .report(.unresponsive(child: "a")))
        #expect(actions.contains(.cancel))
        #expect(actions.contains(.report(.failed(child: "a", reason: "gave no sign of life for 10 s"))))
        #expect(machine.ended(1, cause: nil, now: self.at(12.05), random: 0) == [.release])
        #expect(machine.state == .backingOff(until: self.at(12.1)))
    }

    @Test func `a child that answers is asked again, not failed`() {
        var machine = self.running()
        for second in [2.0, 4, 6, 8, 10, 12, 14] {
            #expect(machine.tick(now: self.at(second), random: 0) == [.ask])
            machine.answered(1)
        }
    }

    @Test func `a mute child that ignores its cancellation is abandoned and replaced all the same`() {
        var machine = self.running()
        for second in [2.0, 4, 6, 8, 10, 12] { _ = machine.tick(now: self.at(second), random: 0) }
        #expect(machine.tick(now: self.at(17), random: 0) == [.release, .report(.abandoned(child: "a"))])
        #expect(machine.tick(now: self.at(17), random: 0) == [.start(generation: 2)])
    }

    @Test func `what an old generation says changes nothing`() {
        var machine = self.running()
        for second in [2.0, 4, 6, 8, 10, 12] { _ = machine.tick(now: self.at(second), random: 0) }
        for _ in 0..<2 { _ = machine.tick(now: self.at(17), random: 0) }
        let state = machine.state
        #expect(machine.started(1, now: self.at(18)) == [])
        #expect(machine.ended(1, cause: self.boom, now: self.at(18), random: 0) == [])
        #expect(machine.drained(1) == [])
        machine.answered(1)
        #expect(machine.state == state)
    }

    @Test func `an old generation's answer doesn't speak for the new one`() {
        var machine = self.running()
        _ = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        _ = machine.tick(now: self.at(0.1), random: 0)
        _ = machine.started(2, now: self.at(0.1))
        #expect(machine.tick(now: self.at(2.1), random: 0) == [.ask])
        machine.answered(1)
        #expect(machine.tick(now: self.at(4.1), random: 0) == [])
    }

    @Test func `is drained, then cancelled, then down`() {
        var machine = self.running()
        #expect(machine.stop(now: self.now) == [.report(.stopping(child: "a")), .drain])
        #expect(machine.drained(1) == [.cancel])
        #expect(machine.ended(1, cause: nil, now: self.now, random: 0) == [.release, .report(.stopped(child: "a"))])
        #expect(machine.isDown)
    }

    @Test func `is not down before its drain is back, though run is`() {
        var machine = self.running()
        _ = machine.stop(now: self.now)
        #expect(machine.ended(1, cause: nil, now: self.now, random: 0) == [])
        #expect(!machine.isDown)
        #expect(machine.drained(1) == [.release, .report(.stopped(child: "a"))])
        #expect(machine.lastFailure == nil)
    }

    @Test func `what a child throws while it drains is reported, and it is down all the same`() {
        var machine = self.running()
        _ = machine.close()
        _ = machine.stop(now: self.now)
        let failing = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(failing == [.report(.failed(child: "a", reason: "boom"))])
        #expect(machine.drained(1) == [.release, .report(.stopped(child: "a"))])
        #expect(machine.lastFailure == "boom")
        #expect(machine.demand == nil)
    }

    @Test func `the cancellation that a child hands on when it stops is no failure`() {
        var machine = self.running()
        _ = machine.stop(now: self.now)
        #expect(machine.drained(1) == [.cancel])
        let cancelled = Cause(CancellationError())
        let actions = machine.ended(1, cause: cancelled, now: self.now, random: 0)
        #expect(actions == [.release, .report(.stopped(child: "a"))])
        #expect(machine.lastFailure == nil)
    }

    @Test func `a start under way is cancelled, not drained, and its late started ignored`() {
        var machine = self.machine()
        _ = machine.start(now: self.now)
        #expect(machine.stop(now: self.now) == [.report(.stopping(child: "a")), .cancel])
        #expect(machine.started(1, now: self.now) == [])
        #expect(machine.ended(1, cause: self.boom, now: self.now, random: 0).contains(.report(.stopped(child: "a"))))
        #expect(machine.demand == nil)
    }

    @Test func `a child that isn't down at its stop deadline is abandoned`() {
        var machine = self.running()
        _ = machine.stop(now: self.now)
        #expect(machine.tick(now: self.at(4.9), random: 0) == [])
        #expect(machine.tick(now: self.at(5), random: 0) == [.cancel, .release, .report(.abandoned(child: "a"))])
        #expect(machine.isDown)
        #expect(machine.lastFailure == "did not stop within 5 s")
        #expect(machine.ended(1, cause: nil, now: self.at(6), random: 0) == [])
    }

    @Test func `a child that returns while the tree stops has not crashed`() {
        var machine = self.running()
        #expect(machine.close() == [])
        #expect(machine.ended(1, cause: nil, now: self.now, random: 0) == [.release, .report(.stopped(child: "a"))])
        #expect(machine.lastFailure == nil)
    }

    @Test func `a crash while the tree stops is reported and not restarted`() {
        var machine = self.running()
        _ = machine.close()
        let actions = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(actions == [.release, .report(.failed(child: "a", reason: "boom"))])
        #expect(machine.isDown)
        #expect(machine.demand == nil)
    }

    @Test func `a pause before a restart ends when the tree stops`() {
        var machine = self.running()
        _ = machine.ended(1, cause: self.boom, now: self.now, random: 0)
        #expect(machine.close() == [.report(.stopped(child: "a"))])
        #expect(machine.tick(now: self.at(1), random: 0) == [])
    }

    @Test func `a failed instance that is still ending is waited for, not replaced, when the tree stops`() {
        var machine = self.running()
        for second in [2.0, 4, 6, 8, 10, 12] { _ = machine.tick(now: self.at(second), random: 0) }
        _ = machine.close()
        #expect(!machine.isDown)
        #expect(machine.stop(now: self.at(13)) == [])
        let actions = machine.ended(1, cause: nil, now: self.at(13), random: 0)
        #expect(actions == [.release, .report(.stopped(child: "a"))])
    }

    @Test func `isn't asked for signs of life while the tree stops`() {
        var machine = self.running()
        _ = machine.close()
        #expect(machine.nextDeadline == nil)
        #expect(machine.tick(now: self.at(60), random: 0) == [])
    }
}
