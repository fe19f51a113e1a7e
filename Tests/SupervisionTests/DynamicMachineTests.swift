import Testing

@testable import Supervision

struct DynamicMachineTests {
    private let now = ContinuousClock.now
    private let boom = Cause(Fault(description: "boom"))

    private func machine(
        _ restart: RestartPolicy = .temporary,
        limit: Int = 3,
        restarts: Int = 5,
        storm: RestartIntensity? = nil
    ) -> DynamicMachine<String> {
        let template = ChildTemplate(
            restart: restart,
            intensity: RestartIntensity(restarts: restarts),
            storm: storm,
            backoff: Backoff(jitter: 0)
        )
        var machine = DynamicMachine<String>(template: template, path: "jobs/", limit: limit, stopLimit: .seconds(6))
        machine.runCalled()
        return machine
    }

    /// A machine whose children have all started; their numbers are 1, 2, and so on.
    private func running(
        _ ids: [String],
        _ restart: RestartPolicy = .temporary,
        restarts: Int = 5,
        storm: RestartIntensity? = nil
    ) throws -> DynamicMachine<String> {
        var machine = self.machine(restart, limit: ids.count, restarts: restarts, storm: storm)
        for (index, id) in ids.enumerated() {
            _ = try machine.startCalled(id, now: self.now)
            _ = machine.started(index + 1, 1, now: self.now)
        }
        return machine
    }

    private func crash(_ machine: inout DynamicMachine<String>, _ number: Int, _ generation: Int = 1) -> [Action] {
        machine.ended(number, generation, cause: self.boom, now: self.now, random: 0)
    }

    private typealias Action = DynamicMachine<String>.Action

    private func report(_ number: Int, _ event: SupervisionEvent) -> Action {
        .child(number, .report(event))
    }

    private func refusal(_ machine: inout DynamicMachine<String>, _ id: String) -> String? {
        do throws(DynamicStartFailure) {
            _ = try machine.startCalled(id, now: self.now)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `makes a child at once, and says when it has started`() throws {
        var machine = self.machine()
        let (number, actions) = try machine.startCalled("a", now: self.now)
        #expect(actions == [.child(number, .start(generation: 1))])
        #expect(machine.number(of: "a") == number)
        #expect(machine.count == 1)
        let started = machine.started(number, 1, now: self.now)
        #expect(started == [self.report(number, .started(child: "jobs/a")), .started(number)])
        #expect(machine.started(number, 1, now: self.now) == [])
    }

    @Test func `refuses one over the limit, until one is gone`() throws {
        var machine = try self.running(["a", "b"])
        #expect(self.refusal(&machine, "c") == "there are 2 children, and there may be no more")
        #expect(machine.count == 2)
        #expect(self.crash(&machine, 1).last == .gone(1, nil))
        #expect(self.refusal(&machine, "c") == nil)
    }

    @Test func `refuses a second child of an id`() throws {
        var machine = self.machine()
        _ = try machine.startCalled("a", now: self.now)
        #expect(self.refusal(&machine, "a") == "jobs/a is there already")
        #expect(machine.count == 1)
    }

    @Test func `refuses everyone before it runs and once it stops`() {
        let template = ChildTemplate()
        var machine = DynamicMachine<String>(template: template, path: "", limit: 1, stopLimit: .seconds(6))
        #expect(self.refusal(&machine, "a") == "the supervisor isn't running")
        machine.runCalled()
        #expect(machine.shutdownCalled(now: self.now) == [.finish])
        #expect(self.refusal(&machine, "a") == "the supervisor isn't running")
    }

    @Test(arguments: [RestartPolicy.permanent, .transient, .temporary])
    func `a child that fails before it started is gone, whatever its policy`(_ policy: RestartPolicy) throws {
        var machine = self.machine(policy)
        let (number, _) = try machine.startCalled("a", now: self.now)
        let actions = self.crash(&machine, number)
        #expect(actions.last == .gone(number, self.boom))
        #expect(machine.count == 0)
        #expect(machine.number(of: "a") == nil)
    }

    @Test func `a temporary child that fails is reported and gone`() throws {
        var machine = try self.running(["a", "b"])
        let failed = self.report(1, .failed(child: "jobs/a", reason: "boom"))
        #expect(self.crash(&machine, 1) == [.child(1, .release), failed, .gone(1, nil)])
        #expect(machine.count == 1)
    }

    @Test func `a child that may return does, and one that may not is restarted`() throws {
        var transient = try self.running(["a"], .transient)
        #expect(transient.ended(1, 1, cause: nil, now: self.now, random: 0).last == .gone(1, nil))
        var permanent = try self.running(["a"], .permanent)
        _ = permanent.ended(1, 1, cause: nil, now: self.now, random: 0)
        #expect(permanent.nextDeadline == self.now + .milliseconds(100))
        #expect(permanent.tick(now: self.now + .milliseconds(100), random: 0) == [.child(1, .start(generation: 2))])
    }

    @Test func `a child whose restarts are spent is gone, and the others stay`() throws {
        var machine = try self.running(["a", "b"], .transient, restarts: 0)
        let actions = self.crash(&machine, 1)
        #expect(actions.suffix(2) == [self.report(1, .gaveUp(child: "jobs/a", reason: "boom")), .gone(1, nil)])
        #expect(machine.phase == .running)
        #expect(machine.count == 1)
    }

    @Test func `a storm of failures, whoever's, ends all`() throws {
        let storm = RestartIntensity(restarts: 1)
        var machine = try self.running(["a", "b", "c"], .permanent, storm: storm)
        _ = self.crash(&machine, 1)
        #expect(machine.phase == .running)
        let actions = self.crash(&machine, 2)
        #expect(actions.contains(.child(3, .drain)))
        #expect(actions.contains(.gone(1, nil)))
        #expect(machine.phase == .stopping(.gaveUp(child: "b", reason: "boom")))
        _ = machine.drained(3, 1)
        #expect(machine.ended(3, 1, cause: nil, now: self.now, random: 0).suffix(2) == [.gone(3, nil), .finish])
    }

    @Test func `failures of temporary children are no storm`() throws {
        var machine = try self.running(["a", "b"], storm: RestartIntensity(restarts: 0))
        _ = self.crash(&machine, 1)
        #expect(machine.phase == .running)
    }

    @Test func `ends a child by its drain, then the cancellation`() throws {
        var machine = try self.running(["a"])
        let stopping = machine.endCalled(1, now: self.now)
        #expect(stopping == [self.report(1, .stopping(child: "jobs/a")), .child(1, .drain)])
        #expect(machine.drained(1, 1) == [.child(1, .cancel)])
        #expect(machine.count == 1)
        let ended = machine.ended(1, 1, cause: nil, now: self.now, random: 0)
        #expect(ended == [.child(1, .release), self.report(1, .stopped(child: "jobs/a")), .gone(1, nil)])
    }

    @Test func `ends a child in the pause before its restart at once`() throws {
        var machine = try self.running(["a"], .permanent)
        _ = self.crash(&machine, 1)
        #expect(machine.endCalled(1, now: self.now).last == .gone(1, nil))
        #expect(machine.tick(now: self.now + .seconds(1), random: 0) == [])
    }

    @Test func `a child that doesn't stop is abandoned, and isn't taken for a new one of its id`() throws {
        var machine = try self.running(["a"])
        _ = machine.endCalled(1, now: self.now)
        let late = machine.tick(now: self.now + .seconds(5), random: 0)
        #expect(late.suffix(2) == [self.report(1, .abandoned(child: "jobs/a")), .gone(1, nil)])
        let (number, _) = try machine.startCalled("a", now: self.now)
        _ = machine.started(number, 1, now: self.now)
        #expect(self.crash(&machine, 1) == [])
        #expect(machine.count == 1)
    }

    @Test func `a start over its deadline is cancelled, and gone once it is back`() throws {
        var machine = self.machine()
        _ = try machine.startCalled("a", now: self.now)
        #expect(machine.nextDeadline == self.now + .seconds(30))
        #expect(machine.tick(now: self.now + .seconds(30), random: 0).contains(.child(1, .cancel)))
        let fault = Cause(ChildFault.startOverdue(.seconds(30)))
        #expect(self.crash(&machine, 1).last == .gone(1, fault))
    }

    @Test func `a shutdown stops all at the same time and waits for each`() throws {
        var machine = try self.running(["a", "b"], .permanent)
        let drains = machine.shutdownCalled(now: self.now).filter { $0 == .child(1, .drain) || $0 == .child(2, .drain) }
        #expect(drains == [.child(2, .drain), .child(1, .drain)])
        for number in [1, 2] { _ = machine.drained(number, 1) }
        #expect(machine.ended(1, 1, cause: nil, now: self.now, random: 0).last == .gone(1, nil))
        #expect(self.crash(&machine, 2).last == .finish)
        #expect(machine.outcome == .shutdown)
        #expect(machine.nextDeadline == nil)
    }

    @Test func `cut short, it leaves all behind at once`() throws {
        var machine = try self.running(["a", "b"])
        let actions = machine.cutShort(now: self.now)
        #expect(actions.contains(self.report(1, .abandoned(child: "jobs/a"))))
        #expect(actions.last == .finish)
        #expect(machine.count == 0)
    }

    @Test func `the limit of the whole stop begins anew where the process stood still`() throws {
        var machine = try self.running(["a"])
        _ = machine.shutdownCalled(now: self.now)
        #expect(machine.tick(now: self.now + .seconds(60), random: 0) == [])
        _ = machine.tick(now: self.now + .seconds(65), random: 0)
        #expect(machine.count == 0)
    }

    @Test func `isn't woken for children that are gone`() throws {
        var machine = self.machine(limit: 1)
        for _ in 0..<1000 {
            let (number, _) = try machine.startCalled("a", now: self.now)
            _ = machine.started(number, 1, now: self.now)
            _ = self.crash(&machine, number)
        }
        #expect(machine.count == 0)
        #expect(machine.tick(now: self.now + .seconds(30), random: 0) == [])
        #expect(machine.nextDeadline == nil)
    }
}
