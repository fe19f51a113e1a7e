import Synchronization

/// Starts children in order, restarts what fails, and stops them in reverse order.
///
/// ```swift
/// let supervisor = Supervisor(
///     id: "ingest",
///     children: [
///         ChildSpec(id: "source", purpose: "reads the feed") { Source() },
///         .supervisor(
///             id: "sinks",
///             purpose: "fall together",
///             strategy: .oneForAll,
///             children: [
///                 ChildSpec(id: "index", purpose: "keeps the index") { Index() },
///                 ChildSpec(id: "writer", purpose: "writes by it") { Writer() },
///             ]
///         ),
///     ],
///     onEvent: { event in log(event) }
/// )
/// try await supervisor.run()
/// ```
///
/// What it promises in each case is told in `Docs/RuntimeSemantics.md`, "Supervision". All decisions are those
/// of ``SupervisorMachine``; this actor feeds it events and the time and performs what it answers. Nothing is
/// queued. It is a ``Child`` itself, which is how supervisors nest: ``ChildSpec/supervisor``.
package actor Supervisor: Overseer {
    nonisolated let id: String
    nonisolated let branch: Branch
    nonisolated let context: TreeContext
    nonisolated let incarnations = Incarnations<Int>()
    var alarm: Alarm?
    private(set) var machine: SupervisorMachine
    /// The machine after the last event, for whoever asks while an observer holds up the actor.
    nonisolated let published: Mutex<SupervisorMachine>
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var onReady: (@Sendable () -> Void)?
    private var hasRun = false

    /// The root of a tree; nothing starts before ``run()``.
    ///
    /// - Parameters:
    ///   - id: The name of the tree's root.
    ///   - strategy: What a child's failure means for the others; the default is ``Strategy/oneForOne``.
    ///   - intensity: The restarts granted: to each child on its own account, or to children that are
    ///     restarted together on a common one.
    ///   - backoff: The pause before a restart.
    ///   - liveness: How children that started are asked for signs of life.
    ///   - children: The tree, in start order.
    ///   - onEvent: Told each event on the executor of the supervisor that it is of, in the order in which it
    ///     happened there: it must not block.
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
        let branch = Branch(
            strategy: strategy,
            intensity: intensity,
            backoff: backoff,
            liveness: liveness,
            children: children
        )
        let context = TreeContext(timeline: Timeline(clock), onEvent: onEvent)
        self.init(id: id, branch: branch, context: context, stopLimit: nil)
    }

    init(id: String, branch: Branch, context: TreeContext, stopLimit: Duration?) {
        self.id = id
        self.branch = branch
        self.context = context
        self.machine = SupervisorMachine(
            id: id,
            strategy: branch.strategy,
            children: branch.machines(below: context.path),
            stopLimit: stopLimit
        )
        self.published = Mutex(self.machine)
    }

    /// Runs the tree until it is shut down; to be called once.
    ///
    /// - Throws: As ``run(started:)``.
    package func run() async throws(SupervisionFailure) {
        try await self.run(started: {})
    }

    /// Runs the tree until it is shut down; to be called once.
    ///
    /// The children start in order, each once those before it are up. Cancelling the caller's task is a
    /// ``shutdown()``. When it returns or throws, all children are down or reported as abandoned.
    ///
    /// - Parameter started: Called once, when all children have started.
    /// - Throws: ``SupervisionFailure/startFailed(child:underlying:)`` when a first start fails,
    ///   ``SupervisionFailure/gaveUp(child:reason:wellFor:)`` when a child's restarts are spent,
    ///   ``SupervisionFailure/alreadyRun(supervisor:)`` at once on a second call, and at once
    ///   ``SupervisionFailure/malformed(supervisor:faults:)`` where ids aren't unique or numbers make no sense.
    package func run(started: @escaping @Sendable () -> Void) async throws(SupervisionFailure) {
        guard !self.hasRun else { throw .alreadyRun(supervisor: self.id) }
        let faults = self.branch.faults("")
        guard faults.isEmpty else { throw .malformed(supervisor: self.id, faults: faults) }
        self.hasRun = true
        self.onReady = started
        self.perform(self.machine.runCalled(now: self.now))
        await withTaskCancellationHandler {
            await self.finished()
        } onCancel: {
            Task { await self.shutdown() }
        }
        switch self.machine.outcome {
        case .startFailed(let child, let cause): throw .startFailed(child: child, underlying: cause.error)
        case .gaveUp(let child, let reason):
            throw .gaveUp(child: child, reason: reason, wellFor: self.machine.wellTime(of: child))
        case .shutdown, nil: return
        }
    }

    /// Stops the children in reverse order and returns when all are down.
    ///
    /// Each is given `stop()`, then the cancellation, within its stop deadline; one that isn't down by then
    /// is abandoned and the next one's turn comes. The sum of the deadlines is the longest that it takes.
    /// Calling it again joins the shutdown under way. A child must not wait for it: it would wait for itself.
    package func shutdown() async {
        self.perform(self.machine.shutdownCalled(now: self.now))
        await self.finished()
    }

    private var now: ContinuousClock.Instant { self.context.timeline.now() }

    private func finished() async {
        guard self.machine.outcome == nil else { return }
        await withCheckedContinuation { self.waiters.append($0) }
    }

    private func perform(_ actions: [SupervisorMachine.Action]) {
        self.published.withLock { $0 = self.machine }
        for action in actions {
            switch action {
            case .child(let child, let action): self.perform(action, on: child)
            case .report(let event): self.context.report(event)
            case .ready: self.isReady()
            case .finish: self.finish()
            }
        }
        self.setAlarm(self.machine.nextDeadline)
    }

    private func isReady() {
        self.onReady?()
        self.onReady = nil
    }

    private func finish() {
        for waiter in self.waiters { waiter.resume() }
        self.waiters = []
    }
}

/// What children tell, and time.
extension Supervisor {
    func make(_ child: Int) -> (made: Made, name: String)? {
        let spec = self.branch.children[child]
        return (spec.make(self.context), "\(self.id)/\(spec.id)")
    }

    func started(_ child: Int, _ generation: Int) {
        self.perform(self.machine.started(child, generation, now: self.now))
    }

    func answered(_ child: Int, _ generation: Int) {
        self.machine.answered(child, generation)
    }

    func drained(_ child: Int, _ generation: Int) {
        self.perform(self.machine.drained(child, generation, now: self.now))
    }

    func ended(_ child: Int, _ generation: Int, _ cause: Cause?) {
        let chance = Double.random(in: 0..<1)
        self.perform(self.machine.ended(child, generation, cause: cause, now: self.now, random: chance))
    }

    func timePassed() {
        self.hearStarts()
        self.perform(self.machine.tick(now: self.now, random: .random(in: 0..<1)))
    }

    func cutShort() {
        self.perform(self.machine.cutShort(now: self.now))
    }
}
