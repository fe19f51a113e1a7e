import Synchronization

/// Children of one kind that come and go while the tree runs, by the ten thousand: found by id, counted in the
/// tree, not listed.
///
/// ```swift
/// let jobs = DynamicSupervisor(limit: 10_000) { (id: Int) in Job(id) }
/// let supervisor = Supervisor(id: "work", children: [jobs.spec(id: "jobs", purpose: "one each")], onEvent: …)
/// // … while it runs:
/// let job = try await jobs.start(7)
/// await jobs.end(7)
/// ```
///
/// This is the handle for whoever starts and finds children; it outlives what runs in the tree. When the child
/// made by ``spec(id:purpose:restart:stopDeadline:)`` is restarted, it begins with no children: they are gone
/// with the one before, as what they were to do is known to whoever started them.
package final class DynamicSupervisor<ID: Hashable & Sendable, Instance: Child>: Sendable {
    private let template: ChildTemplate
    private let limit: Int
    private let make: @Sendable (ID, TreeContext) -> Instance
    private let crew = Mutex<DynamicCrew<ID, Instance>?>(nil)

    /// A supervisor for one place in one tree; until that runs it has no children.
    ///
    /// - Parameters:
    ///   - template: What happens when a child ends; the default is a temporary one.
    ///   - limit: How many may be there, those counted that are on their way up or down.
    ///   - make: Makes the instance of a child for each start, on the supervisor's executor: it must not block.
    package init(
        template: ChildTemplate = ChildTemplate(),
        limit: Int,
        make: @escaping @Sendable (ID) -> Instance
    ) {
        self.template = template
        self.limit = limit
        self.make = { id, _ in make(id) }
    }

    private init(template: ChildTemplate, limit: Int, build: @escaping @Sendable (ID, TreeContext) -> Instance) {
        self.template = template
        self.limit = limit
        self.make = build
    }

    /// Starts a child; returns once it called `started()`.
    ///
    /// Where it doesn't within the start deadline, or the caller's task is cancelled before, it is ended, which
    /// takes the stop deadline at the most, and then this throws: there is no child that nobody knows of.
    ///
    /// - Parameter id: The child's name; in events it follows the supervisor's path.
    /// - Returns: Its instance; after a restart ``find(_:)`` knows the new one.
    /// - Throws: ``DynamicStartFailure``; then there is no such child, unless one was there before.
    @discardableResult
    package func start(_ id: ID) async throws(DynamicStartFailure) -> Instance {
        guard let crew = self.present else { throw .notRunning }
        return try await crew.start(id).get()
    }

    /// Ends a child: `stop()`, then the cancellation, within the stop deadline.
    ///
    /// The child itself must not wait for it: it would wait for itself.
    ///
    /// - Parameter id: The child's name.
    /// - Returns: Once it is down or abandoned; false at once where there is none.
    @discardableResult
    package func end(_ id: ID) async -> Bool {
        await self.present?.end(id) ?? false
    }

    /// The present instance of a child.
    ///
    /// - Parameter id: The child's name.
    /// - Returns: It may still be starting, or be on its way down; nil: there is none, or it is in the pause
    ///   before a restart.
    package func find(_ id: ID) async -> Instance? {
        await self.present?.find(id)
    }

    /// How many children are there, in whatever state.
    package var count: Int {
        self.present?.population.load(ordering: .relaxed) ?? 0
    }

    /// Its line in a tree; in the tree's snapshot it has a count in place of children.
    ///
    /// - Parameters:
    ///   - id: Its name, unique within its parent.
    ///   - purpose: What it is for, in a few words.
    ///   - restart: The default is ``RestartPolicy/permanent``.
    ///   - stopDeadline: Within four fifths of it all children are down or abandoned; they stop at the same time.
    ///     The default suffices for each of them to use up its own.
    /// - Returns: The line, for one place.
    package func spec(
        id: String,
        purpose: String,
        restart: RestartPolicy = .permanent,
        stopDeadline: Duration? = nil
    ) -> ChildSpec {
        let stopDeadline = stopDeadline ?? (self.template.stopDeadline + .seconds(1)) * 5 / 4
        return ChildSpec(
            id: id,
            purpose: purpose,
            restart: restart,
            stopDeadline: stopDeadline,
            count: { self.count },
            build: { context in
                let crew = self.moveIn(context: context.below(id), stopLimit: stopDeadline * 4 / 5)
                return Made(child: crew, overseer: crew)
            }
        )
    }

    private var present: DynamicCrew<ID, Instance>? {
        self.crew.withLock { $0 }
    }

    private func moveIn(context: TreeContext, stopLimit: Duration) -> DynamicCrew<ID, Instance> {
        let machine = DynamicMachine<ID>(
            template: self.template,
            path: context.path,
            limit: self.limit,
            stopLimit: stopLimit
        )
        let crew = DynamicCrew(machine, context: context, make: self.make)
        self.crew.withLock { $0 = crew }
        return crew
    }
}

extension DynamicSupervisor where Instance == Supervisor {
    /// Supervisors that come and go, each with a tree of its own: one for each tenant, say.
    ///
    /// Each reports to the observer of the root, below its own path, and tells time by the root's clock. It is
    /// down within four fifths of the template's stop deadline: whoever isn't by then is abandoned.
    ///
    /// - Parameters:
    ///   - template: What happens when one of them ends; the start deadline is for all of its children together.
    ///   - limit: How many of them may be there, those counted that are on their way up or down.
    ///   - strategy: What a child's failure means for the others below the same one.
    ///   - intensity: The restarts granted there before it gives up.
    ///   - backoff: The pause before a restart there.
    ///   - liveness: How the children are asked for signs of life.
    ///   - children: Makes what is below one of them, on the executor of the dynamic supervisor: it must not block.
    package convenience init(
        template: ChildTemplate = ChildTemplate(),
        limit: Int,
        strategy: Strategy = .oneForOne,
        intensity: RestartIntensity = RestartIntensity(),
        backoff: Backoff = Backoff(),
        liveness: Liveness = Liveness(),
        children: @escaping @Sendable (ID) -> [ChildSpec]
    ) {
        self.init(
            template: template,
            limit: limit,
            build: { id, context in
                Supervisor(
                    id: "\(id)",
                    branch: Branch(
                        strategy: strategy,
                        intensity: intensity,
                        backoff: backoff,
                        liveness: liveness,
                        children: children(id)
                    ),
                    context: context.below("\(id)"),
                    stopLimit: template.stopDeadline * 4 / 5
                )
            }
        )
    }
}
