import Synchronization

/// One generation of a ``DynamicSupervisor``: its children, from its start to its end.
///
/// All decisions are those of ``DynamicMachine``. Nothing is queued: one continuation waits for each start, and
/// one for each call that ends a child.
actor DynamicCrew<ID: Hashable & Sendable, Instance: Child>: Overseer {
    typealias Outcome = Result<Instance, DynamicStartFailure>

    nonisolated let context: TreeContext
    /// How many children are there.
    nonisolated let population = Atomic<Int>(0)
    nonisolated let incarnations = Incarnations<Int>()
    var alarm: Alarm?
    private var machine: DynamicMachine<ID>
    private let makeInstance: @Sendable (ID, TreeContext) -> Instance
    private var starters: [Int: Starter] = [:]
    private var enders: [Int: [CheckedContinuation<Void, Never>]] = [:]
    private var waiters: [CheckedContinuation<Void, Never>] = []

    private struct Starter {
        let name: String
        let continuation: CheckedContinuation<Outcome, Never>
    }

    init(
        _ machine: DynamicMachine<ID>,
        context: TreeContext,
        make: @escaping @Sendable (ID, TreeContext) -> Instance
    ) {
        self.machine = machine
        self.context = context
        self.makeInstance = make
    }

    /// Returns once the child started, or it is known that it doesn't.
    func start(_ id: ID) async -> Outcome {
        do throws(DynamicStartFailure) {
            let (number, actions) = try self.machine.startCalled(id, now: self.now)
            self.perform(actions)
            return await self.started(number)
        } catch {
            if case .limitReached(let limit) = error {
                self.context.report(.refused(child: self.context.path + "\(id)", limit: limit))
            }
            return .failure(error)
        }
    }

    /// Returns once the child is down; false at once where there is none.
    func end(_ id: ID) async -> Bool {
        guard let number = self.machine.number(of: id) else { return false }
        self.perform(self.machine.endCalled(number, now: self.now))
        guard self.machine.id(of: number) != nil else { return true }
        await withCheckedContinuation { self.enders[number, default: []].append($0) }
        return true
    }

    /// The present instance, started or not; nil: there is none.
    func find(_ id: ID) -> Instance? {
        self.machine.number(of: id).flatMap { self.incarnations[$0]?.instance as? Instance }
    }

    private var now: ContinuousClock.Instant { self.context.timeline.now() }

    private func started(_ number: Int) async -> Outcome {
        let name = self.machine.name(of: number)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { self.starters[number] = Starter(name: name, continuation: $0) }
        } onCancel: {
            Task { await self.callOff(number) }
        }
    }

    /// Whoever waits for the start of a child doesn't want it any more.
    private func callOff(_ number: Int) {
        guard self.starters[number] != nil else { return }
        self.perform(self.machine.endCalled(number, now: self.now))
    }

    private func shutdown() async {
        self.perform(self.machine.shutdownCalled(now: self.now))
        await self.finished()
    }

    private func finished() async {
        guard self.machine.outcome == nil else { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    private func perform(_ actions: [DynamicMachine<ID>.Action]) {
        for action in actions {
            switch action {
            case .child(let number, let action): self.perform(action, on: number)
            case .started(let number): self.hasStarted(number)
            case .gone(let number, let cause): self.isGone(number, cause)
            case .finish: self.finish()
            }
        }
        self.population.store(self.machine.count, ordering: .relaxed)
        self.setAlarm(self.machine.nextDeadline)
    }

    private func hasStarted(_ number: Int) {
        guard let starter = self.starters.removeValue(forKey: number) else { return }
        let instance = self.incarnations[number]?.instance as? Instance
        starter.continuation.resume(returning: instance.map(Outcome.success) ?? .failure(.ended(child: starter.name)))
    }

    private func isGone(_ number: Int, _ cause: Cause?) {
        if let starter = self.starters.removeValue(forKey: number) {
            let failure = cause.map { DynamicStartFailure.startFailed(child: starter.name, underlying: $0.error) }
            starter.continuation.resume(returning: .failure(failure ?? .ended(child: starter.name)))
        }
        for ender in self.enders.removeValue(forKey: number) ?? [] { ender.resume() }
    }

    private func finish() {
        for waiter in self.waiters { waiter.resume() }
        self.waiters = []
    }
}

extension DynamicCrew: Child {
    /// Lets children come, until it is cancelled, which stops all of them at the same time, or a storm of
    /// failures makes it give up.
    func run(started: @escaping @Sendable () -> Void) async throws {
        let faults = self.machine.faults
        guard faults.isEmpty else { throw SupervisionFailure.malformed(supervisor: "the template", faults: faults) }
        self.machine.runCalled()
        started()
        await withTaskCancellationHandler {
            await self.finished()
        } onCancel: {
            Task { await self.shutdown() }
        }
        guard case .gaveUp(let child, let reason) = self.machine.outcome else { return }
        throw SupervisionFailure.gaveUp(child: child, reason: reason)
    }

    /// Returns as soon as the supervisor gets to it.
    func signOfLife() async {}
}

/// What children tell, and time.
extension DynamicCrew {
    func make(_ child: Int) -> (made: Made, name: String)? {
        self.machine.id(of: child).map { id in
            let instance = self.makeInstance(id, self.context)
            return (Made(child: instance, overseer: instance as? any Overseer), self.machine.name(of: child))
        }
    }

    func started(_ child: Int, _ generation: Int) {
        self.perform(self.machine.started(child, generation, now: self.now))
    }

    func answered(_ child: Int, _ generation: Int) {
        self.machine.answered(child, generation)
    }

    func drained(_ child: Int, _ generation: Int) {
        self.perform(self.machine.drained(child, generation))
    }

    func ended(_ child: Int, _ generation: Int, _ cause: Cause?) {
        let chance = Double.random(in: 0..<1)
        self.perform(self.machine.ended(child, generation, cause: cause, now: self.now, random: chance))
    }

    func timePassed() {
        // Whose start is waited for, and has come, isn't late, however late the word of it comes.
        for number in self.starters.keys {
            guard let incarnation = self.incarnations[number], incarnation.readiness.isSet else { continue }
            self.started(number, incarnation.generation)
        }
        self.perform(self.machine.tick(now: self.now, random: .random(in: 0..<1)))
    }

    func cutShort() {
        self.perform(self.machine.cutShort(now: self.now))
    }
}
