import Synchronization
import Testing

@testable import Brain
@testable import Supervision

/// A child that tells when it starts, is asked, and ends.
private actor Patient: Child {
    enum News: Equatable {
        case started
        case asked
        case cancelled
    }

    nonisolated let news: AsyncStream<News>
    private nonisolated let tell: AsyncStream<News>.Continuation

    init() {
        (self.news, self.tell) = AsyncStream.makeStream()
    }

    func run(started: @escaping @Sendable () -> Void) async throws {
        started()
        self.tell.yield(.started)
        defer { self.tell.yield(.cancelled) }
        try await untilCancelled()
    }

    func signOfLife() async { self.tell.yield(.asked) }

    nonisolated func hear(_ wanted: News) async {
        for await news in self.news where news == wanted { return }
    }
}

@Suite(.timeLimit(.minutes(5))) struct FaultyChildTests {
    private let patient = Patient()
    private let faults = ChildFaults()

    private func make() -> FaultyChild {
        let slowness = Slowness(length: .milliseconds(1), pause: .milliseconds(1), count: 2)
        return FaultyChild(self.patient, faults: self.faults, slowness: slowness)
    }

    private func plant(_ faults: PlantedFault..., times: Int = 1) {
        for fault in faults { self.faults.plant(ChildFaults.Strike(fault: fault, delay: .zero), times: times) }
    }

    @Test func `without a fault it is the child itself`() async throws {
        let child = self.make()
        let run = Task { try await child.run {} }
        await self.patient.hear(.started)
        await child.signOfLife()
        await self.patient.hear(.asked)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        await self.patient.hear(.cancelled)
    }

    @Test func `a failure ends the child's work and then its run`() async {
        self.plant(.failure)
        let child = self.make()
        await #expect(throws: FaultyChildError.planted) { try await child.run {} }
        await self.patient.hear(.cancelled)
        #expect(!child.isSilent)
    }

    @Test func `a fault that is planted later strikes, too`() async {
        let child = self.make()
        let run = Task { try await child.run {} }
        await self.patient.hear(.started)
        self.plant(.failure)
        await #expect(throws: FaultyChildError.planted) { try await run.value }
    }

    @Test func `a hang ends the work but not the run, and leaves every question open`() async throws {
        self.plant(.silence)
        let child = self.make()
        let run = Task { try await child.run {} }
        await self.patient.hear(.cancelled)
        #expect(child.isSilent)
        let question = Task { await child.signOfLife() }
        question.cancel()
        await question.value
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func `slowness is over after a while, and no failure`() async {
        self.plant(.slowness)
        let child = self.make()
        let run = Task { try await child.run {} }
        await self.patient.hear(.started)
        self.plant(.failure)
        await #expect(throws: FaultyChildError.planted) { try await run.value }
    }

    @Test func `strikes as many instances as were ordered`() async throws {
        self.plant(.failure, times: 2)
        for _ in 1...2 {
            let child = self.make()
            await #expect(throws: FaultyChildError.planted) { try await child.run {} }
        }
        let child = self.make()
        let run = Task { try await child.run {} }
        await self.patient.hear(.started)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test func `the last order counts`() async throws {
        self.plant(.silence, .failure, times: 5)
        #expect(try await self.faults.next() == ChildFaults.Strike(fault: .failure, delay: .zero))
    }

    @Test func `an order replaces one that still waits for its time`() async throws {
        let (waits, waiting) = AsyncStream<Duration>.makeStream()
        let faults = ChildFaults { delay in
            waiting.yield(delay)
            try await untilCancelled()
        }
        let child = FaultyChild(self.patient, faults: faults)
        faults.plant(ChildFaults.Strike(fault: .silence, delay: .seconds(3600)), times: 3)
        let run = Task { try await child.run {} }
        for await delay in waits {
            #expect(delay > .seconds(3000))
            break
        }
        faults.plant(ChildFaults.Strike(fault: .failure, delay: .zero), times: 1)
        await #expect(throws: FaultyChildError.planted) { try await run.value }
    }

    @Test func `a fault whose instance went meanwhile strikes the next`() async throws {
        let (waits, waiting) = AsyncStream<Void>.makeStream()
        let isOver = Atomic(false)
        let faults = ChildFaults { _ in
            guard !isOver.load(ordering: .acquiring) else { return }
            waiting.yield()
            try await untilCancelled()
        }
        faults.plant(ChildFaults.Strike(fault: .failure, delay: .seconds(3600)), times: 1)
        let first = Task { try await FaultyChild(Patient(), faults: faults).run {} }
        for await _ in waits { break }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        isOver.store(true, ordering: .releasing)
        await #expect(throws: FaultyChildError.planted) { try await FaultyChild(Patient(), faults: faults).run {} }
    }

    @Test func `a line of the tree stays itself but for the child that is made`() {
        let spec = ChildSpec(id: "x", purpose: "y", stopDeadline: .seconds(7), count: { 3 }, make: { Patient() })
        let context = TreeContext(timeline: Timeline(ContinuousClock())) { _ in }
        #expect(spec.exposed(to: nil).make(context).child is Patient)
        let faults = PlantedFaults()
        #expect(!faults.knows("x"))
        let exposed = spec.exposed(to: faults)
        #expect(exposed.make(context).child is FaultyChild)
        #expect(exposed.id == "x" && exposed.purpose == "y" && exposed.stopDeadline == .seconds(7))
        #expect(exposed.count?() == 3)
        #expect(faults.knows("x"))
    }
}
