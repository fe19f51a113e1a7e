import Testing

@testable import Supervision

/// What hangs below a supervisor that is to stop.
@Suite(.timeLimit(.minutes(5)))
struct NestedStopTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()
    private let first = Nursery("a", .ignoresCancellation)
    private let second = Nursery("b", .ignoresCancellation)

    private func branch(_ id: String, stopDeadline: Duration?, _ children: [ChildSpec]) -> ChildSpec {
        .supervisor(id: id, purpose: "a branch", stopDeadline: stopDeadline, children: children)
    }

    @Test func `is down within its own stop deadline, and leaves behind whoever isn't`() async throws {
        let pool = self.branch("pool", stopDeadline: .seconds(5), [self.first.spec(), self.second.spec()])
        let supervisor = self.supervisor([pool])
        let run = self.run(supervisor)
        let stubborn = try await [self.start(self.first, as: "pool/a"), self.start(self.second, as: "pool/b")]
        #expect(try await self.events.next() == .started(child: "pool"))
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next(2) == [.stopping(child: "pool"), .stopping(child: "pool/b")])
        // The rounds of questions that were set before, then four fifths of the deadline.
        for second in [2, 4] { await self.clock.advance(to: .seconds(second)) }
        await shutdown
        let expected: [SupervisionEvent] = [
            .abandoned(child: "pool/b"), .abandoned(child: "pool/a"), .stopped(child: "pool"),
        ]
        #expect(try await self.events.next(3) == expected)
        #expect(await run.value == nil)
        for child in stubborn { child.tell(.finish) }
    }

    @Test func `suffices by default for each child to use up its own deadline`() async throws {
        let spec = self.branch("pool", stopDeadline: nil, [self.first.spec(), self.second.spec()])
        #expect(spec.stopDeadline * 4 / 5 == .seconds(11))
        #expect(spec.startDeadline == .seconds(6 * (60 + 10 + 4) + 1))
    }

    @Test func `a supervisor left behind by its parent leaves all below it behind at once`() async throws {
        let inner = self.branch("inner", stopDeadline: .seconds(60), [self.first.spec()])
        let supervisor = self.supervisor([self.branch("outer", stopDeadline: .milliseconds(3750), [inner])])
        let run = self.run(supervisor)
        let stubborn = try await self.start(self.first, as: "outer/inner/a")
        #expect(try await self.events.next(2) == [.started(child: "outer/inner"), .started(child: "outer")])
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next(3).last == .stopping(child: "outer/inner/a"))
        for second in [2, 3] { await self.clock.advance(to: .seconds(second)) }
        await shutdown
        let reports = try await self.events.next(3)
        #expect(reports.contains(.abandoned(child: "outer/inner")))
        #expect(reports.contains(.abandoned(child: "outer/inner/a")))
        #expect(reports.contains(.stopped(child: "outer")))
        #expect(await run.value == nil)
        stubborn.tell(.finish)
    }

    @Test func `one that is late to start is cancelled with all below it, and fails the tree`() async throws {
        let pool = ChildSpec.supervisor(
            id: "pool",
            purpose: "a pool",
            startDeadline: .seconds(20),
            children: [Nursery("slow").spec()]
        )
        let run = self.run(self.supervisor([pool]))
        await self.clock.advance(to: .seconds(20))
        guard case .startFailed(child: "pool", let error) = await run.value else {
            Issue.record("run() did not throw startFailed")
            return
        }
        #expect(error as? ChildFault == .startOverdue(.seconds(20)))
        let reports = try await self.events.next(3)
        #expect(reports.contains(.failed(child: "pool", reason: "did not start within 20 s")))
        #expect(reports.contains(.stopped(child: "pool/slow")))
    }
}
