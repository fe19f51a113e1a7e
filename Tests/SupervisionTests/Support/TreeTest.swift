import Testing

@testable import Supervision

/// A test of real tasks on a clock that it moves itself.
protocol TreeTest {
    var clock: ManualClock { get }
    var events: Probe<SupervisionEvent> { get }
}

extension TreeTest {
    func supervisor(
        _ children: [ChildSpec],
        _ strategy: Strategy = .oneForOne,
        restarts: Int = 5,
        token: ReleaseToken? = nil
    ) -> Supervisor {
        Supervisor(
            id: "root",
            strategy: strategy,
            intensity: RestartIntensity(restarts: restarts, period: .seconds(30)),
            backoff: Backoff(jitter: 0),
            children: children,
            onEvent: { [events, token] event in withExtendedLifetime(token) { events.send(event) } },
            clock: self.clock
        )
    }

    /// Runs the supervisor beside the test; the value is what `run()` threw, if it did.
    func run(_ supervisor: Supervisor) -> Task<SupervisionFailure?, Never> {
        Task {
            do throws(SupervisionFailure) {
                try await supervisor.run()
                return nil
            } catch {
                return error
            }
        }
    }

    /// The next instance, told to start, once the supervisor has heard of it.
    @discardableResult
    func start(_ nursery: Nursery, as name: String? = nil) async throws -> FakeChild {
        let child = try await nursery.made.next()
        child.tell(.start)
        #expect(try await self.events.next() == .started(child: name ?? nursery.id))
        return child
    }

    func states(_ supervisor: Supervisor) async -> [ChildState] {
        guard case .children(let children) = supervisor.snapshot().members else { return [] }
        return children.map(\.state)
    }
}
