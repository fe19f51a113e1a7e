/// An actor that has children: their tasks, and the one alarm for all their deadlines.
///
/// It never waits for a child, so that it can be asked at any time. The tasks are unstructured, because a
/// child that ignores its cancellation must be left behind, which no task group allows; detached, so that a
/// child doesn't inherit the task-local values of whoever set off its start; and they hold the overseer
/// weakly: one left behind must not keep it. For each instance there is one task for `run`, and at most one
/// each for `stop()` and the question for a sign of life.
protocol Overseer<Key>: Actor {
    /// What tells its children apart.
    associatedtype Key: Hashable & Sendable

    nonisolated var context: TreeContext { get }
    var incarnations: [Key: Incarnation] { get set }
    var alarm: Alarm? { get set }

    /// Makes an instance, and names its task.
    func make(_ child: Key) -> (instance: any Child, name: String)?

    func started(_ child: Key, _ generation: Int)
    func answered(_ child: Key, _ generation: Int)
    func drained(_ child: Key, _ generation: Int)
    func ended(_ child: Key, _ generation: Int, _ cause: Cause?)

    /// The alarm rang.
    func timePassed()

    /// The parent has left it behind: so are all its children.
    func cutShort()
}

/// When an overseer is to look at the time again, and who wakes it.
struct Alarm {
    let deadline: ContinuousClock.Instant
    let task: Task<Void, Never>
}

extension Overseer {
    /// Does what the child's machine asks for.
    func perform(_ action: ChildMachine.Action, on child: Key) {
        switch action {
        case .start(let generation): self.start(child, generation)
        case .ask: self.ask(child)
        case .drain: self.drain(child)
        case .cancel: self.incarnations[child]?.cancel()
        case .release: self.release(child)
        case .report(let event): self.context.onEvent(event)
        }
    }

    /// Keeps one alarm set, at the next deadline or before it: an early one finds nothing due and sets the next.
    func setAlarm(_ next: ContinuousClock.Instant?) {
        if let next, let alarm = self.alarm, alarm.deadline <= next { return }
        self.alarm?.task.cancel()
        self.alarm = next.map { deadline in
            let task = Task.detached { [weak self, timeline = self.context.timeline] in
                guard (try? await timeline.sleep(deadline)) != nil else { return }
                await self?.alarmRang(deadline)
            }
            return Alarm(deadline: deadline, task: task)
        }
    }

    private func alarmRang(_ deadline: ContinuousClock.Instant) {
        guard self.alarm?.deadline == deadline else { return }
        self.alarm = nil
        self.timePassed()
    }

    private func start(_ child: Key, _ generation: Int) {
        guard let (instance, name) = self.make(child) else { return }
        let readiness = Readiness()
        let started: @Sendable () -> Void = { [weak self] in
            guard readiness.set() else { return }
            Task.detached { [weak self] in await self?.started(child, generation) }
        }
        let work = Task.detached(name: name) { [weak self] in
            let cause = await instance.outcome(started: started)
            await self?.ended(child, generation, cause, wasStarted: readiness.isSet)
        }
        self.incarnations[child] = Incarnation(generation: generation, instance: instance, work: work)
    }

    private func ended(_ child: Key, _ generation: Int, _ cause: Cause?, wasStarted: Bool) {
        if wasStarted { self.started(child, generation) }
        self.ended(child, generation, cause)
    }

    private func ask(_ child: Key) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        self.incarnations[child]?.question = Task.detached { [weak self] in
            await instance.signOfLife()
            await self?.answered(child, generation)
        }
    }

    private func drain(_ child: Key) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        self.incarnations[child]?.drain = Task.detached { [weak self] in
            await instance.stop()
            await self?.drained(child, generation)
        }
    }

    /// Lets go of an instance; a supervisor that isn't down by now leaves all that is below it behind, too.
    private func release(_ child: Key) {
        guard let incarnation = self.incarnations.removeValue(forKey: child) else { return }
        incarnation.cancel()
        guard let nested = incarnation.instance as? any Overseer else { return }
        Task.detached { await nested.cutShort() }
    }
}

extension Child {
    /// Runs to the end; nil: without an error.
    fileprivate func outcome(started: @escaping @Sendable () -> Void) async -> Cause? {
        do {
            try await self.run(started: started)
            return nil
        } catch {
            return Cause(error)
        }
    }
}
