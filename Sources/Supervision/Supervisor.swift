/// Starts children in order, restarts the one that fails, and stops them in reverse order.
///
/// All decisions are those of ``SupervisorMachine``; this actor feeds it events and the time and performs
/// what it answers. It never waits for a child, so that it can be asked for a snapshot at any time. Its
/// tasks are unstructured, because a child that ignores its cancellation must be left behind, which no
/// task group allows. Nothing is queued: for each instance there is one task for `run`, and at most one
/// each for `stop()` and the question for a sign of life.
package actor Supervisor {
    private nonisolated let id: String
    private nonisolated let strategy: Strategy
    private nonisolated let intensity: RestartIntensity
    private nonisolated let specs: [ChildSpec]
    private let onEvent: @Sendable (SupervisionEvent) -> Void
    private let timeline: Timeline
    private var machine: SupervisorMachine
    private var incarnations: [Int: Incarnation] = [:]
    private var alarm: (deadline: ContinuousClock.Instant, task: Task<Void, Never>)?
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var hasRun = false

    /// A supervisor; nothing starts before ``run()``.
    ///
    /// - Parameters:
    ///   - id: The name of the tree's root.
    ///   - strategy: What a child's failure means for the others; the default is ``Strategy/oneForOne``.
    ///   - intensity: The restarts granted: to each child on its own account, or to children that are
    ///     restarted together on a common one.
    ///   - backoff: The pause before a restart.
    ///   - liveness: How children that started are asked for signs of life.
    ///   - children: The tree, in start order.
    ///   - onEvent: Told each event in order, on the supervisor's executor: it must not block.
    ///   - clock: What time means; tests pass one that they move.
    package init(
        id: String,
        strategy: Strategy = .oneForOne,
        intensity: RestartIntensity = RestartIntensity(),
        backoff: Backoff = Backoff(),
        liveness: Liveness = Liveness(),
        children: [ChildSpec],
        onEvent: @escaping @Sendable (SupervisionEvent) -> Void,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.id = id
        self.strategy = strategy
        self.intensity = intensity
        self.specs = children
        self.onEvent = onEvent
        self.timeline = Timeline(clock)
        let machines = children.map {
            ChildMachine($0, intensity: intensity, backoff: backoff, liveness: liveness)
        }
        self.machine = SupervisorMachine(id: id, strategy: strategy, children: machines)
    }

    /// Runs the tree until it is shut down; to be called once.
    ///
    /// The children start in order, each once those before it are up. Cancelling the caller's task is a
    /// ``shutdown()``. When it returns or throws, all children are down or reported as abandoned.
    ///
    /// - Throws: ``SupervisionFailure/startFailed(child:underlying:)`` when a first start fails,
    ///   ``SupervisionFailure/gaveUp(child:reason:)`` when a child's restarts are spent,
    ///   ``SupervisionFailure/alreadyRun(supervisor:)`` at once on a second call.
    package func run() async throws(SupervisionFailure) {
        guard !self.hasRun else { throw .alreadyRun(supervisor: self.id) }
        self.hasRun = true
        self.perform(self.machine.runCalled(now: self.timeline.now()))
        await withTaskCancellationHandler {
            await self.finished()
        } onCancel: {
            Task { await self.shutdown() }
        }
        switch self.machine.outcome {
        case .startFailed(let child, let cause): throw .startFailed(child: child, underlying: cause.error)
        case .gaveUp(let child, let reason): throw .gaveUp(child: child, reason: reason)
        case .shutdown, nil: return
        }
    }

    /// Stops the children in reverse order and returns when all are down.
    ///
    /// Each is given `stop()`, then the cancellation, within its stop deadline; one that isn't down by then
    /// is abandoned and the next one's turn comes. The sum of the deadlines is the longest that it takes.
    /// Calling it again joins the shutdown under way. A child must not wait for it: it would wait for itself.
    package func shutdown() async {
        self.perform(self.machine.shutdownCalled(now: self.timeline.now()))
        await self.finished()
    }

    /// The tree as it is now; answers in every phase, also while children start, restart or stop.
    package func snapshot() -> ChildSnapshot {
        self.machine.snapshot
    }

    /// The tree as written: for each child its policy and its purpose, in start order.
    ///
    /// Always the same for the same tree, so that a test can hold it against the docs.
    package nonisolated var outline: String {
        let title = "\(self.id) (\(self.intensity.outline(under: self.strategy)))"
        let nodes = self.specs.map { spec in
            let policy = spec.count == nil ? spec.restart.rawValue : "dynamic"
            return TreeText.Node(name: spec.id, columns: [policy, spec.purpose], children: [])
        }
        return TreeText.draw(title: title, nodes: nodes)
    }

    private func finished() async {
        guard self.machine.outcome == nil else { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    private func perform(_ actions: [SupervisorMachine.Action]) {
        for action in actions {
            switch action {
            case .child(let child, .start(let generation)): self.start(child, generation)
            case .child(let child, .ask): self.ask(child)
            case .child(let child, .drain): self.drain(child)
            case .child(let child, .cancel): self.incarnations[child]?.cancel()
            case .child(let child, .release): self.incarnations.removeValue(forKey: child)?.cancel()
            case .child(_, .report(let event)), .report(let event): self.onEvent(event)
            case .finish: self.finish()
            }
        }
        self.setAlarm()
    }
}

/// What children tell.
extension Supervisor {
    private func started(_ child: Int, _ generation: Int) {
        self.perform(self.machine.started(child, generation, now: self.timeline.now()))
    }

    private func ended(_ child: Int, _ generation: Int, _ cause: Cause?, wasStarted: Bool) {
        if wasStarted { self.started(child, generation) }
        let now = self.timeline.now()
        self.perform(self.machine.ended(child, generation, cause: cause, now: now, random: .random(in: 0..<1)))
    }

    private func drained(_ child: Int, _ generation: Int) {
        self.perform(self.machine.drained(child, generation, now: self.timeline.now()))
    }

    private func answered(_ child: Int, _ generation: Int) {
        self.machine.answered(child, generation)
    }

    private func alarmRang(_ deadline: ContinuousClock.Instant) {
        guard self.alarm?.deadline == deadline else { return }
        self.alarm = nil
        self.perform(self.machine.tick(now: self.timeline.now(), random: .random(in: 0..<1)))
    }
}

/// What the machine asks for. The tasks hold the supervisor weakly: one left behind must not keep it.
///
/// They are detached, so that a child doesn't inherit the task-local values of whoever set off its start.
extension Supervisor {
    private func start(_ child: Int, _ generation: Int) {
        let instance = self.specs[child].make()
        let readiness = Readiness()
        let started: @Sendable () -> Void = { [weak self] in
            guard readiness.set() else { return }
            Task.detached { [weak self] in await self?.started(child, generation) }
        }
        let work = Task.detached(name: "\(self.id)/\(self.specs[child].id)") { [weak self] in
            let cause = await Self.outcome(of: instance, started: started)
            await self?.ended(child, generation, cause, wasStarted: readiness.isSet)
        }
        self.incarnations[child] = Incarnation(generation: generation, instance: instance, work: work)
    }

    private static func outcome(of instance: any Child, started: @escaping @Sendable () -> Void) async -> Cause? {
        do {
            try await instance.run(started: started)
            return nil
        } catch {
            return Cause(error)
        }
    }

    private func ask(_ child: Int) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        self.incarnations[child]?.question = Task.detached { [weak self] in
            await instance.signOfLife()
            await self?.answered(child, generation)
        }
    }

    private func drain(_ child: Int) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        self.incarnations[child]?.drain = Task.detached { [weak self] in
            await instance.stop()
            await self?.drained(child, generation)
        }
    }

    private func finish() {
        for waiter in self.waiters { waiter.resume() }
        self.waiters = []
    }

    /// Keeps one alarm set, at the next deadline or before it: an early one finds nothing due and sets the next.
    private func setAlarm() {
        let next = self.machine.nextDeadline
        if let next, let alarm = self.alarm, alarm.deadline <= next { return }
        self.alarm?.task.cancel()
        self.alarm = next.map { deadline in
            let task = Task.detached { [weak self, timeline = self.timeline] in
                guard (try? await timeline.sleep(deadline)) != nil else { return }
                await self?.alarmRang(deadline)
            }
            return (deadline, task)
        }
    }
}
