import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(5)))
struct SupervisorTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()

    @Test func `starts in order, runs, and stops in reverse order`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second"))
        let supervisor = self.supervisor([first.spec(), second.spec()])
        #expect(supervisor.snapshot().state == .stopped)
        let run = self.run(supervisor)
        let child = try await first.made.next()
        #expect(await self.states(supervisor) == [.starting, .stopped])
        child.tell(.start)
        #expect(try await self.events.next() == .started(child: "first"))
        _ = try await self.start(second)
        #expect(supervisor.snapshot().state == .running)

        await supervisor.shutdown()
        let expected: [SupervisionEvent] = [
            .stopping(child: "second"), .stopped(child: "second"), .stopping(child: "first"), .stopped(child: "first"),
        ]
        #expect(try await self.events.next(4) == expected)
        #expect(await run.value == nil)
        #expect(await self.states(supervisor) == [.stopped, .stopped])
        await supervisor.shutdown()
    }

    @Test func `restarts a crashed child with a fresh instance and lets the old one go`() async throws {
        let nursery = Nursery("a")
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        var old: FakeChild? = try await self.start(nursery)
        weak let fallen = old
        old?.tell(.fail("boom"))
        old = nil
        let pause = Duration.milliseconds(100)
        #expect(try await self.events.next() == .failed(child: "a", reason: "boom"))
        #expect(try await self.events.next() == .restarting(child: "a", after: pause))
        #expect(await self.states(supervisor) == [.restarting])
        try await nursery.released.next()
        #expect(fallen == nil)

        await self.clock.advance(to: pause)
        _ = try await self.start(nursery)
        let children = supervisor.snapshot().children
        #expect(children.map(\.restarts) == [1])
        #expect(children.map(\.lastFailure) == ["boom"])
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a child that fails right after started has started, and is restarted`() async throws {
        let nursery = Nursery("a")
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        try await nursery.made.next().tell(.start, .start, .fail("boom"))
        #expect(try await self.events.next() == .started(child: "a"))
        #expect(try await self.events.next() == .failed(child: "a", reason: "boom"))
        #expect(try await self.events.next() == .restarting(child: "a", after: .milliseconds(100)))
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a first start that fails is thrown with the child's own error, the others stopped`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second"))
        let supervisor = self.supervisor([first.spec(), second.spec()])
        let run = self.run(supervisor)
        _ = try await self.start(first)
        try await second.made.next().tell(.fail("port taken"))
        guard case .startFailed(let child, let error) = await run.value else {
            Issue.record("run() did not throw startFailed")
            return
        }
        #expect(child == "second")
        #expect((error as? Fault)?.description == "port taken")
        let expected: [SupervisionEvent] = [
            .failed(child: "second", reason: "port taken"), .stopping(child: "first"), .stopped(child: "first"),
        ]
        #expect(try await self.events.next(3) == expected)
    }

    @Test func `a first start over its deadline is thrown once the child is gone`() async throws {
        let nursery = Nursery("a")
        let run = self.run(self.supervisor([nursery.spec()]))
        await self.clock.advance(to: .seconds(30))
        guard case .startFailed(_, let error) = await run.value else {
            Issue.record("run() did not throw startFailed")
            return
        }
        #expect(error as? ChildFault == .startOverdue(.seconds(30)))
    }

    @Test func `gives up when the restarts are spent, the others stopped`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second"))
        let run = self.run(self.supervisor([first.spec(), second.spec()], restarts: 1))
        let child = try await self.start(first)
        _ = try await self.start(second)
        child.tell(.fail("boom"))
        _ = try await self.events.next(2)
        await self.clock.advance(to: .milliseconds(100))
        try await first.made.next().tell(.fail("again"))
        guard case .gaveUp(let failed, let reason, _) = await run.value else {
            Issue.record("run() did not throw gaveUp")
            return
        }
        #expect([failed, reason] == ["first", "again"])
        let expected: [SupervisionEvent] = [
            .failed(child: "first", reason: "again"), .gaveUp(child: "first", reason: "again"),
            .stopping(child: "second"), .stopped(child: "second"),
        ]
        #expect(try await self.events.next(4) == expected)
    }

    @Test func `a mute child is cancelled and replaced, and its late answer not heard`() async throws {
        let nursery = Nursery("a", .isMute)
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        _ = try await self.start(nursery)
        for second in [2, 4, 6, 8, 10, 12] { await self.clock.advance(to: .seconds(second)) }
        try await nursery.questions.next()
        #expect(try await self.events.next() == .unresponsive(child: "a"))
        #expect(try await self.events.next() == .failed(child: "a", reason: "gave no sign of life for 10 s"))
        #expect(try await self.events.next() == .restarting(child: "a", after: .milliseconds(100)))
        await self.clock.advance(to: .milliseconds(12_100))
        _ = try await self.start(nursery)
        #expect(await self.states(supervisor) == [.running])
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a child that answers is asked again and again`() async throws {
        let nursery = Nursery("a")
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        _ = try await self.start(nursery)
        for second in [2, 4] {
            await self.clock.advance(to: .seconds(second))
            try await nursery.questions.next()
        }
        await supervisor.shutdown()
        #expect(await run.value == nil)
        #expect(try await self.events.next(2) == [.stopping(child: "a"), .stopped(child: "a")])
    }

    @Test func `a child that ignores its cancellation is left behind and the rest goes on`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second", .ignoresCancellation))
        let supervisor = self.supervisor([first.spec(), second.spec()])
        let run = self.run(supervisor)
        _ = try await self.start(first)
        let stubborn = try await self.start(second)
        async let shutdown: Void = supervisor.shutdown()
        try await second.stops.next()
        #expect(await self.states(supervisor) == [.running, .stopping])
        // The round of questions, set before the shutdown, rings first; then the deadline of the stop.
        await self.clock.advance(to: .seconds(2))
        await self.clock.advance(to: .seconds(5))
        await shutdown
        let expected: [SupervisionEvent] = [
            .stopping(child: "second"), .abandoned(child: "second"), .stopping(child: "first"),
            .stopped(child: "first"),
        ]
        #expect(try await self.events.next(4) == expected)
        #expect(await run.value == nil)
        #expect(await self.states(supervisor) == [.stopped, .failed])
        stubborn.tell(.start, .finish)
    }

    @Test func `is let go after the end though a child was left behind`() async throws {
        let nursery = Nursery("a", .ignoresCancellation)
        let released = Probe<Void>()
        var supervisor: Supervisor? = self.supervisor([nursery.spec()], token: ReleaseToken(probe: released))
        weak let gone = supervisor
        let stubborn = try await self.abandon(try #require(supervisor), nursery)
        supervisor = nil
        try await released.next()
        #expect(gone == nil)
        stubborn.tell(.finish)
    }

    private func abandon(_ supervisor: Supervisor, _ nursery: Nursery) async throws -> FakeChild {
        let run = self.run(supervisor)
        let child = try await nursery.made.next()
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next() == .stopping(child: "a"))
        await self.clock.advance(to: .seconds(5))
        await shutdown
        _ = await run.value
        return child
    }

    @Test func `a child that called started before its deadline isn't late, however late that is heard`() async throws {
        let calls = Probe<@Sendable () -> Void>()
        let supervisor = self.supervisor([ChildSpec(id: "a", purpose: "") { Starter(calls: calls) }])
        let run = self.run(supervisor)
        await supervisor.look(after: .seconds(30), on: self.clock, try await calls.next())
        #expect(try await self.events.next() == .started(child: "a"))
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `is drained before it is cancelled`() async throws {
        let nursery = Nursery("a", .holdsStop)
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        let child = try await self.start(nursery)
        async let shutdown: Void = supervisor.shutdown()
        try await nursery.stops.next()
        #expect(!child.isCancelled)
        child.tell(.finish)
        #expect(await self.states(supervisor) == [.stopping])
        child.gate.send(())
        await shutdown
        #expect(try await self.events.next(2) == [.stopping(child: "a"), .stopped(child: "a")])
        #expect(await run.value == nil)
    }

    @Test func `shuts down during a start`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second"))
        let supervisor = self.supervisor([first.spec(), second.spec()])
        let run = self.run(supervisor)
        _ = try await first.made.next()
        await supervisor.shutdown()
        #expect(try await self.events.next(2) == [.stopping(child: "first"), .stopped(child: "first")])
        #expect(await run.value == nil)
        #expect(await self.states(supervisor) == [.stopped, .stopped])
    }

    @Test func `shuts down during a pause before a restart`() async throws {
        let nursery = Nursery("a")
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        try await self.start(nursery).tell(.fail("boom"))
        _ = try await self.events.next(2)
        await supervisor.shutdown()
        #expect(try await self.events.next() == .stopped(child: "a"))
        #expect(await run.value == nil)
    }

    @Test func `a cancelled run is a shutdown`() async throws {
        let nursery = Nursery("a")
        let supervisor = self.supervisor([nursery.spec()])
        let run = self.run(supervisor)
        _ = try await self.start(nursery)
        run.cancel()
        #expect(await run.value == nil)
        #expect(try await self.events.next(2) == [.stopping(child: "a"), .stopped(child: "a")])
    }

    @Test func `runs once`() async throws {
        let supervisor = self.supervisor([])
        let run = self.run(supervisor)
        await supervisor.shutdown()
        #expect(await run.value == nil)
        guard case .alreadyRun("root") = await self.run(supervisor).value else {
            Issue.record("a second run() did not throw")
            return
        }
    }

    @Test func `shows a dynamic child by its count`() async throws {
        let spec = ChildSpec(id: "sessions", purpose: "", count: { 3 }, make: { FakeChild(Nursery("sessions")) })
        let children = self.supervisor([spec]).snapshot().children
        #expect(children.map(\.members) == [.count(3)])
    }
}

/// Hands its `started` to the test.
private struct Starter: Child {
    let calls: Probe<@Sendable () -> Void>
    let hold = Probe<Void>()

    func run(started: @escaping @Sendable () -> Void) async throws {
        self.calls.send(started)
        await self.hold.wait()
    }
}

extension Supervisor {
    /// The call comes, and the supervisor looks at the time before it can hear of it.
    fileprivate func look(after time: Duration, on clock: ManualClock, _ started: @Sendable () -> Void) {
        started()
        clock.move(to: time)
        self.timePassed()
    }
}
