import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(5)))
struct GroupTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()

    @Test func `one-for-all makes all instances afresh, in order`() async throws {
        let (first, second) = (Nursery("first"), Nursery("second"))
        let supervisor = self.supervisor([first.spec(), second.spec()], .oneForAll)
        let run = self.run(supervisor)
        let failing = try await self.start(first)
        _ = try await self.start(second)
        failing.tell(.fail("boom"))
        let expected: [SupervisionEvent] = [
            .failed(child: "first", reason: "boom"), .restarting(child: "first", after: .milliseconds(100)),
            .regrouping(child: "first", siblings: ["second"]), .stopping(child: "second"), .stopped(child: "second"),
        ]
        #expect(try await self.events.next(5) == expected)
        #expect(supervisor.snapshot().strategy == .oneForAll)
        await self.clock.advance(to: .milliseconds(100))
        _ = try await self.start(first)
        _ = try await self.start(second)
        #expect(supervisor.snapshot().state == .running)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `rest-for-one replaces a sibling that ignores its cancellation`() async throws {
        let (first, second, third) = (Nursery("first"), Nursery("second"), Nursery("third", .ignoresCancellation))
        let supervisor = self.supervisor([first.spec(), second.spec(), third.spec()], .restForOne)
        let run = self.run(supervisor)
        _ = try await self.start(first)
        let failing = try await self.start(second)
        let stubborn = try await self.start(third)
        failing.tell(.fail("boom"))
        try await third.stops.next()
        #expect(try await self.events.next(4).last == .stopping(child: "third"))
        // The round of questions to the first child, then the deadline of the third one's stop.
        for second in [2, 4, 5] { await self.clock.advance(to: .seconds(second)) }
        #expect(try await self.events.next() == .abandoned(child: "third"))
        _ = try await self.start(second)
        let fresh = try await third.made.next()
        stubborn.tell(.fail("too late"))
        fresh.tell(.start)
        #expect(try await self.events.next() == .started(child: "third"))
        #expect(await self.states(supervisor) == [.running, .running, .running])
        run.cancel()
        try await third.stops.next()
        fresh.tell(.finish)
        #expect(await run.value == nil)
    }
}
