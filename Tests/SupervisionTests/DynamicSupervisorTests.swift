import Testing

@testable import Supervision

@Suite(.timeLimit(.minutes(5)))
struct DynamicSupervisorTests: TreeTest {
    let clock = ManualClock()
    let events = Probe<SupervisionEvent>()
    private typealias Jobs = DynamicSupervisor<Int, FakeChild>

    private let nursery: Nursery
    private let jobs: Jobs

    init() {
        (self.nursery, self.jobs) = Self.jobs()
    }

    private static func jobs(
        _ manner: FakeChild.Manner = [],
        _ template: ChildTemplate = ChildTemplate(),
        limit: Int = 2
    ) -> (Nursery, Jobs) {
        let nursery = Nursery("job", manner)
        let jobs = DynamicSupervisor(template: template, limit: limit) { (_: Int) in nursery.make() }
        return (nursery, jobs)
    }

    private func run(
        _ jobs: Jobs,
        stopDeadline: Duration? = nil
    ) async throws -> (Supervisor, Task<SupervisionFailure?, Never>) {
        let spec = jobs.spec(id: "jobs", purpose: "come and go", stopDeadline: stopDeadline)
        let supervisor = self.supervisor([spec])
        let run = self.run(supervisor)
        #expect(try await self.events.next() == .started(child: "jobs"))
        return (supervisor, run)
    }

    /// Starts a child of the id, as soon as it is told to.
    private func start(_ id: Int, of jobs: Jobs, _ nursery: Nursery) async throws -> FakeChild {
        async let starting = jobs.start(id)
        try await nursery.made.next().tell(.start)
        #expect(try await self.events.next() == .started(child: "jobs/\(id)"))
        return try await starting
    }

    private func refusal(_ jobs: Jobs, _ id: Int) async -> DynamicStartFailure? {
        do throws(DynamicStartFailure) {
            try await jobs.start(id)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a child is found by its id and counted in the tree, until it ends`() async throws {
        let (supervisor, run) = try await self.run(self.jobs)
        let job = try await self.start(7, of: self.jobs, self.nursery)
        #expect(await self.jobs.find(7) === job)
        #expect(await self.jobs.find(8) == nil)
        #expect(supervisor.snapshot().children.map(\.members) == [.count(1)])
        #expect(await self.jobs.end(7))
        #expect(job.isCancelled)
        #expect(try await self.events.next(2) == [.stopping(child: "jobs/7"), .stopped(child: "jobs/7")])
        #expect(await self.jobs.find(7) == nil)
        #expect(await !self.jobs.end(7))
        #expect(self.jobs.count == 0)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `one over the limit is refused, and that is reported`() async throws {
        let (supervisor, run) = try await self.run(self.jobs)
        for id in [1, 2] { _ = try await self.start(id, of: self.jobs, self.nursery) }
        guard case .limitReached(2) = await self.refusal(self.jobs, 3) else {
            Issue.record("start() did not throw limitReached")
            return
        }
        #expect(try await self.events.next() == .refused(child: "jobs/3", limit: 2))
        #expect(self.jobs.count == 2)
        guard case .alreadyThere(child: "jobs/2") = await self.refusal(self.jobs, 2) else {
            Issue.record("start() did not throw alreadyThere")
            return
        }
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a start that fails is thrown with the child's own error, and nobody else notices`() async throws {
        let (supervisor, run) = try await self.run(self.jobs)
        async let refusal = self.refusal(self.jobs, 1)
        try await self.nursery.made.next().tell(.fail("no room"))
        guard case .startFailed(child: "jobs/1", let error) = await refusal else {
            Issue.record("start() did not throw startFailed")
            return
        }
        #expect((error as? Fault)?.description == "no room")
        #expect(self.jobs.count == 0)
        #expect(await self.states(supervisor) == [.running])
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a child that is restarted is found again as its new instance`() async throws {
        let (nursery, jobs) = Self.jobs([], ChildTemplate(restart: .permanent, backoff: Backoff(jitter: 0)))
        let (supervisor, run) = try await self.run(jobs)
        let old = try await self.start(1, of: jobs, nursery)
        old.tell(.fail("boom"))
        #expect(try await self.events.next(2).last == .restarting(child: "jobs/1", after: .milliseconds(100)))
        #expect(await jobs.find(1) == nil)
        await self.clock.advance(to: .milliseconds(100))
        let fresh = try await self.start(nursery, as: "jobs/1")
        #expect(await jobs.find(1) === fresh)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a shutdown ends all children, those that start too`() async throws {
        let (supervisor, run) = try await self.run(self.jobs)
        _ = try await self.start(1, of: self.jobs, self.nursery)
        async let refusal = self.refusal(self.jobs, 2)
        _ = try await self.nursery.made.next()
        run.cancel()
        #expect(await run.value == nil)
        guard case .ended(child: "jobs/2") = await refusal else {
            Issue.record("start() did not throw ended")
            return
        }
        #expect(await self.states(supervisor) == [.stopped])
        #expect(try await self.events.next(6).last == .stopped(child: "jobs"))
        guard case .notRunning = await self.refusal(self.jobs, 3) else {
            Issue.record("start() did not throw notRunning")
            return
        }
    }

    @Test func `children that hang in their stop are left behind within the supervisor's deadline`() async throws {
        let (nursery, jobs) = Self.jobs(.ignoresCancellation)
        let (supervisor, run) = try await self.run(jobs)
        let stubborn = [try await self.start(1, of: jobs, nursery), try await self.start(2, of: jobs, nursery)]
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next(3).first == .stopping(child: "jobs"))
        await self.clock.advance(to: .seconds(5))
        await shutdown
        let abandoned = try await self.events.next(3)
        #expect(abandoned.contains(.abandoned(child: "jobs/1")))
        #expect(abandoned.contains(.abandoned(child: "jobs/2")))
        #expect(abandoned.last == .stopped(child: "jobs"))
        #expect(await run.value == nil)
        for child in stubborn { child.tell(.finish) }
    }

    @Test func `children that have longer than their supervisor are left behind at its limit`() async throws {
        let (nursery, jobs) = Self.jobs(.ignoresCancellation)
        let (supervisor, run) = try await self.run(jobs, stopDeadline: .milliseconds(1250))
        let stubborn = [try await self.start(1, of: jobs, nursery), try await self.start(2, of: jobs, nursery)]
        async let shutdown: Void = supervisor.shutdown()
        #expect(try await self.events.next(3).first == .stopping(child: "jobs"))
        await self.clock.advance(to: .seconds(1))
        await shutdown
        let abandoned = try await self.events.next(3)
        #expect(abandoned.dropLast() == [.abandoned(child: "jobs/2"), .abandoned(child: "jobs/1")])
        #expect(abandoned.last == .stopped(child: "jobs"))
        #expect(await run.value == nil)
        for child in stubborn { child.tell(.finish) }
    }

    @Test func `a start whose caller is cancelled ends the child`() async throws {
        let (supervisor, run) = try await self.run(self.jobs)
        let starting = Task { await self.refusal(self.jobs, 1) }
        let child = try await self.nursery.made.next()
        starting.cancel()
        guard case .ended(child: "jobs/1") = await starting.value else {
            Issue.record("start() did not throw ended")
            return
        }
        #expect(child.isCancelled && self.jobs.count == 0)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a child that gives no sign of life is gone where the template says that it is asked`() async throws {
        let (nursery, jobs) = Self.jobs(.isMute, ChildTemplate(liveness: Liveness()))
        let (supervisor, run) = try await self.run(jobs)
        let child = try await self.start(1, of: jobs, nursery)
        for second in [2, 4, 6, 8, 10, 12] { await self.clock.advance(to: .seconds(second)) }
        #expect(try await self.events.next() == .unresponsive(child: "jobs/1"))
        let reason = "gave no sign of life for 10 s"
        #expect(try await self.events.next() == .failed(child: "jobs/1", reason: reason))
        await jobs.end(1)
        #expect(child.isCancelled && jobs.count == 0)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a supervisor comes and goes with a tree of its own below its path`() async throws {
        let nursery = Nursery("a")
        let backoff = Backoff(jitter: 0)
        let tenants = DynamicSupervisor(limit: 2, backoff: backoff) { (_: Int) in [nursery.spec()] }
        let supervisor = self.supervisor([tenants.spec(id: "tenants", purpose: "a tree each")])
        let run = self.run(supervisor)
        #expect(try await self.events.next() == .started(child: "tenants"))
        async let starting = tenants.start(7)
        let child = try await self.start(nursery, as: "tenants/7/a")
        #expect(try await self.events.next() == .started(child: "tenants/7"))
        child.tell(.fail("boom"))
        #expect(try await self.events.next() == .failed(child: "tenants/7/a", reason: "boom"))
        #expect(try await starting.snapshot().children.map(\.lastFailure) == ["boom"])
        #expect(try await self.events.next() == .restarting(child: "tenants/7/a", after: .milliseconds(100)))
        await self.clock.advance(to: .milliseconds(100))
        try await self.start(nursery, as: "tenants/7/a")
        #expect(await tenants.end(7))
        let ends: [SupervisionEvent] = [
            .stopping(child: "tenants/7"), .stopping(child: "tenants/7/a"), .stopped(child: "tenants/7/a"),
            .stopped(child: "tenants/7"),
        ]
        #expect(try await self.events.next(4) == ends)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a storm ends it, and its parent makes it afresh without children`() async throws {
        let storm = RestartIntensity(restarts: 0)
        let (nursery, jobs) = Self.jobs([], ChildTemplate(restart: .permanent, storm: storm))
        let (supervisor, run) = try await self.run(jobs)
        try await self.start(1, of: jobs, nursery).tell(.fail("boom"))
        let failed = SupervisionEvent.failed(child: "jobs", reason: "1: boom")
        while try await self.events.next() != failed {}
        #expect(try await self.events.next() == .restarting(child: "jobs", after: .milliseconds(100)))
        await self.clock.advance(to: .milliseconds(100))
        #expect(try await self.events.next() == .started(child: "jobs"))
        #expect(jobs.count == 0)
        _ = try await self.start(1, of: jobs, nursery)
        await supervisor.shutdown()
        #expect(await run.value == nil)
    }

    @Test func `a thousand children start, are counted, and end`() async throws {
        let template = ChildTemplate(stopDeadline: .seconds(240))
        let jobs = DynamicSupervisor(template: template, limit: 1000) { (_: Int) in Idler() }
        let supervisor = Supervisor(id: "root", children: [jobs.spec(id: "jobs", purpose: "")], onEvent: { _ in })
        await withCheckedContinuation { continuation in
            Task { try await supervisor.run(started: { continuation.resume() }) }
        }
        try await withThrowingTaskGroup { group in
            for id in 0..<1000 { group.addTask { try await jobs.start(id) } }
            try await group.waitForAll()
        }
        #expect(jobs.count == 1000)
        await supervisor.shutdown()
        #expect(jobs.count == 0)
    }
}

/// A child that does nothing until it is cancelled.
private struct Idler: Child {
    func run(started: @escaping @Sendable () -> Void) async throws {
        started()
        await Probe<Void>().wait()
    }
}
