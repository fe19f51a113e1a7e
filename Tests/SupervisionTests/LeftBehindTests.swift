import Testing

@testable import Supervision

/// Supervisors that are left behind, and those that are within something else.
@Suite(.timeLimit(.minutes(5)))
struct LeftBehindTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()
    private let first = Nursery("a")
    private let second = Nursery("b")

    private func pool(_ first: Nursery) -> ChildSpec {
        .supervisor(
            id: "pool",
            purpose: "a pool",
            stopDeadline: .seconds(1),
            children: [first.spec(), self.second.spec()]
        )
    }

    @Test func `its parent ends what runs for it without waiting for its turn, and it starts nothing more`()
        async throws
    {
        let supervisor = self.supervisor([self.first.spec(), self.second.spec()])
        let run = self.run(supervisor)
        let children = try await [self.start(self.first), self.start(self.second)]
        supervisor.leaveBehind()
        #expect(children.map(\.isCancelled) == [true, true])
        await supervisor.perform(.start(generation: 7), on: 0)
        #expect(supervisor.incarnations[0]?.generation != 7)
        await supervisor.cutShort()
        _ = await run.value
    }

    @Test func `it is told to end all the way down`() async throws {
        let inner = ChildSpec.supervisor(id: "inner", purpose: "", children: [self.first.spec()])
        let supervisor = self.supervisor([.supervisor(id: "outer", purpose: "", children: [inner])])
        let run = self.run(supervisor)
        let child = try await self.start(self.first, as: "outer/inner/a")
        #expect(try await self.events.next(2).last == .started(child: "outer"))
        supervisor.leaveBehind()
        #expect(child.isCancelled)
        await supervisor.cutShort()
        _ = await run.value
    }

    @Test func `one with something around it is nested in the tree as it is`() async throws {
        let supervisor = self.supervisor([self.pool(self.first).wrapped { Around(inner: $0) }])
        let run = self.run(supervisor)
        try await self.start(self.first, as: "pool/a")
        try await self.start(self.second, as: "pool/b")
        #expect(try await self.events.next() == .started(child: "pool"))
        #expect(supervisor.snapshot().children.first?.children.map(\.state) == [.running, .running])
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `one with something around it that is left behind leaves all below it behind`() async throws {
        let stubborn = Nursery("a", .ignoresCancellation)
        let supervisor = self.supervisor([self.pool(stubborn).wrapped { Around(inner: $0, isStubborn: true) }])
        let run = self.run(supervisor)
        let child = try await self.start(stubborn, as: "pool/a")
        try await self.start(self.second, as: "pool/b")
        #expect(try await self.events.next() == .started(child: "pool"))
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next() == .stopping(child: "pool"))
        await self.clock.advance(to: .seconds(1))
        await shutdown
        #expect(await run.value == nil)
        let reports = try await self.events.next(2)
        #expect(reports.contains(.abandoned(child: "pool")))
        #expect(child.isCancelled)
        child.tell(.finish)
    }
}

/// Passes on what the inner child does.
private struct Around: Child {
    let inner: any Child
    /// Whether a cancellation gets no further.
    var isStubborn = false

    func run(started: @escaping @Sendable () -> Void) async throws {
        guard self.isStubborn else { return try await self.inner.run(started: started) }
        try await Task.detached { [inner] in try await inner.run(started: started) }.value
    }
}
