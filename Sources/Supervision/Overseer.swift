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
    nonisolated var incarnations: Incarnations<Key> { get }
    var alarm: Alarm? { get set }

    /// Makes an instance, and names its task.
    func make(_ child: Key) -> (made: Made, name: String)?

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
        case .report(let event): self.context.report(event)
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

    /// One that was left behind starts nothing: what it still hears may be older than that.
    private func start(_ child: Key, _ generation: Int) {
        guard !self.context.isLeftBehind, let (made, name) = self.make(child) else { return }
        let (instance, overseer) = (made.child, made.overseer)
        let readiness = Readiness()
        let started: @Sendable () -> Void = { [weak self] in
            guard readiness.set() else { return }
            Task.detached { [weak self] in await self?.started(child, generation) }
        }
        let work = Task.detached(name: name) { [weak self] in
            let cause = await instance.outcome(started: started)
            await self?.ended(child, generation, cause, wasStarted: readiness.isSet)
        }
        self.incarnations[child] = Incarnation(
            generation: generation,
            instance: instance,
            overseer: overseer,
            work: work,
            readiness: readiness
        )
        // Whoever left it behind since the guard found nothing to cancel here.
        if self.context.isLeftBehind { work.cancel() }
    }

    /// Takes those that called `started()` for started, however late the word of it comes.
    func hearStarts() {
        for (child, incarnation) in self.incarnations.all where incarnation.readiness.isSet {
            self.started(child, incarnation.generation)
        }
    }

    private func ended(_ child: Key, _ generation: Int, _ cause: Cause?, wasStarted: Bool) {
        if wasStarted { self.started(child, generation) }
        self.ended(child, generation, cause)
    }

    private func ask(_ child: Key) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        let question = Task.detached { [weak self] in
            await instance.signOfLife()
            await self?.answered(child, generation)
        }
        self.incarnations.change(child) { $0.question = question }
    }

    private func drain(_ child: Key) {
        guard let incarnation = self.incarnations[child] else { return }
        let (instance, generation) = (incarnation.instance, incarnation.generation)
        let drain = Task.detached { [weak self] in
            await instance.stop()
            await self?.drained(child, generation)
        }
        self.incarnations.change(child) { $0.drain = drain }
    }

    /// Lets go of an instance; a supervisor that isn't down by now leaves all that is below it behind, too.
    private func release(_ child: Key) {
        guard let incarnation = self.incarnations.remove(child) else { return }
        incarnation.cancel()
        guard let nested = incarnation.overseer else { return }
        nested.leaveBehind()
        Task.detached { await nested.cutShort() }
    }

    /// Ends the work of all that is below it, at once, though it may stand still itself.
    nonisolated func leaveBehind() {
        self.context.leaveBehind()
        for incarnation in self.incarnations.all.values {
            incarnation.cancel()
            incarnation.overseer?.leaveBehind()
        }
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
