import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(5)))
struct NestingTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()
    private let first = Nursery("a")
    private let second = Nursery("b")
    private let other = Nursery("other")

    private func pool(_ strategy: Strategy = .oneForOne, restarts: Int = 5) -> ChildSpec {
        .supervisor(
            id: "pool",
            purpose: "a pool",
            strategy: strategy,
            intensity: RestartIntensity(restarts: restarts, period: .seconds(30)),
            backoff: Backoff(jitter: 0),
            children: [self.first.spec(), self.second.spec()]
        )
    }

    /// Lets all below the pool start; the first of them.
    @discardableResult
    private func startPool() async throws -> FakeChild {
        let child = try await self.start(self.first, as: "pool/a")
        try await self.start(self.second, as: "pool/b")
        #expect(try await self.events.next() == .started(child: "pool"))
        return child
    }

    private func pool(of supervisor: Supervisor) async throws -> ChildSnapshot {
        try #require(supervisor.snapshot().children.first { $0.id == "pool" })
    }

    private func restarts(below snapshot: ChildSnapshot) -> [Int] {
        snapshot.children.map(\.restarts)
    }

    private func end(_ supervisor: Supervisor, _ run: Task<SupervisionFailure?, Never>) async {
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `has started when all below it have, and only then the next child starts`() async throws {
        let supervisor = self.supervisor([self.pool(.restForOne), self.other.spec()])
        #expect(try await self.pool(of: supervisor).state == .stopped)
        let run = self.run(supervisor)
        try await self.start(self.first, as: "pool/a")
        let starting = try await self.second.made.next()
        #expect(await self.states(supervisor) == [.starting, .stopped])
        starting.tell(.start)
        #expect(try await self.events.next(2) == [.started(child: "pool/b"), .started(child: "pool")])
        try await self.start(self.other)
        let pool = try await self.pool(of: supervisor)
        #expect(pool.state == .running)
        #expect(pool.strategy == .restForOne)
        #expect(self.restarts(below: pool) == [0, 0])
        await self.end(supervisor, run)
    }

    @Test func `a failure below is dealt with there`() async throws {
        let supervisor = self.supervisor([self.pool()])
        let run = self.run(supervisor)
        try await self.startPool().tell(.fail("boom"))
        #expect(try await self.events.next() == .failed(child: "pool/a", reason: "boom"))
        #expect(try await self.events.next() == .restarting(child: "pool/a", after: .milliseconds(100)))
        await self.clock.advance(to: .milliseconds(100))
        try await self.start(self.first, as: "pool/a")
        let pool = try await self.pool(of: supervisor)
        #expect(pool.restarts == 0)
        #expect(self.restarts(below: pool) == [1, 0])
        await self.end(supervisor, run)
    }

    @Test func `one that gives up is a failed child of its parent, and made afresh with all below it`() async throws {
        let supervisor = self.supervisor([self.pool(restarts: 0)])
        let run = self.run(supervisor)
        try await self.startPool().tell(.fail("boom"))
        let expected: [SupervisionEvent] = [
            .failed(child: "pool/a", reason: "boom"), .gaveUp(child: "pool/a", reason: "boom"),
            .stopping(child: "pool/b"), .stopped(child: "pool/b"),
            .failed(child: "pool", reason: "a: boom"), .restarting(child: "pool", after: .milliseconds(100)),
        ]
        #expect(try await self.events.next(6) == expected)
        await self.clock.advance(to: .milliseconds(100))
        try await self.startPool()
        let pool = try await self.pool(of: supervisor)
        #expect(pool.restarts == 1)
        #expect(pool.lastFailure == "a: boom")
        #expect(self.restarts(below: pool) == [0, 0])
        await self.end(supervisor, run)
    }

    @Test func `a storm goes up to the root, which stops the rest and throws`() async throws {
        let supervisor = self.supervisor([self.other.spec(), self.pool(restarts: 0)], restarts: 0)
        let run = self.run(supervisor)
        try await self.start(self.other)
        try await self.startPool().tell(.fail("boom"))
        guard case .gaveUp(child: "pool", reason: "a: boom", _) = await run.value else {
            Issue.record("run() did not throw gaveUp")
            return
        }
        let last = try await self.events.next(8).suffix(3)
        let expected: [SupervisionEvent] = [
            .gaveUp(child: "pool", reason: "a: boom"), .stopping(child: "other"), .stopped(child: "other"),
        ]
        #expect(Array(last) == expected)
    }

    @Test func `one that gives up says for how long the child that it gave up was well`() async throws {
        let supervisor = self.supervisor([self.first.spec(), self.other.spec()], restarts: 0)
        let run = self.run(supervisor)
        let child = try await self.start(self.first)
        try await self.start(self.other)
        self.clock.move(to: .milliseconds(1500))
        child.tell(.fail("boom"))
        guard case .gaveUp(_, _, .milliseconds(1500)) = await run.value else {
            Issue.record("run() did not say how long the child was well")
            return
        }
    }

    @Test func `a first start that fails below fails the start of the whole tree, with its error`() async throws {
        let run = self.run(self.supervisor([self.pool()]))
        try await self.start(self.first, as: "pool/a")
        try await self.second.made.next().tell(.fail("port taken"))
        guard case .startFailed(child: "pool", let error) = await run.value,
            case .startFailed(child: "b", let cause) = error as? SupervisionFailure
        else {
            Issue.record("run() did not throw startFailed")
            return
        }
        #expect((cause as? Fault)?.description == "port taken")
    }

    @Test func `a cancelled run stops all of the tree, the last and lowest first`() async throws {
        let supervisor = self.supervisor([self.pool(), self.other.spec()])
        let run = self.run(supervisor)
        try await self.startPool()
        try await self.start(self.other)
        run.cancel()
        #expect(await run.value == nil)
        let expected: [SupervisionEvent] = [
            .stopping(child: "other"), .stopped(child: "other"), .stopping(child: "pool"),
            .stopping(child: "pool/b"), .stopped(child: "pool/b"), .stopping(child: "pool/a"),
            .stopped(child: "pool/a"), .stopped(child: "pool"),
        ]
        #expect(try await self.events.next(8) == expected)
        #expect(await self.states(supervisor) == [.stopped, .stopped])
    }

    @Test func `goes down and up again with its group`() async throws {
        let supervisor = self.supervisor([self.other.spec(), self.pool()], .oneForAll)
        let run = self.run(supervisor)
        let failing = try await self.start(self.other)
        try await self.startPool()
        failing.tell(.fail("boom"))
        #expect(try await self.events.next(3).last == .regrouping(child: "other", siblings: ["pool"]))
        #expect(try await self.events.next(6).last == .stopped(child: "pool"))
        await self.clock.advance(to: .milliseconds(100))
        try await self.start(self.other)
        try await self.startPool()
        #expect(try await self.pool(of: supervisor).restarts == 1)
        await self.end(supervisor, run)
    }

    @Test func `shows that a group below it restarts`() async throws {
        let supervisor = self.supervisor([self.pool(.oneForAll)])
        let run = self.run(supervisor)
        try await self.startPool().tell(.fail("boom"))
        #expect(try await self.events.next(5).last == .stopped(child: "pool/b"))
        #expect(try await self.pool(of: supervisor).state == .restarting)
        await self.end(supervisor, run)
    }
}
