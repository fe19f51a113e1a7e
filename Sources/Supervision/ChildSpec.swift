/// Which ends of a child are followed by a restart.
///
/// The first start is no restart: a child of any policy that fails before it ever called `started`
/// fails the start of the whole tree.
package enum RestartPolicy: String, Sendable {
    /// Always: returning unasked is a crash like any other.
    case permanent
    /// After a failure only; returning is a normal end.
    case transient
    /// Never; its failure is reported and changes nothing else.
    case temporary
}

/// One line of the tree: a child, how it is made, and what happens when it ends.
package struct ChildSpec: Sendable {
    /// The child's name in the tree, in events, logs and metrics; unique within its supervisor.
    package let id: String

    /// What the child is for, in a few words; shown in ``Supervisor/outline`` and nowhere else.
    package let purpose: String

    /// Which ends are followed by a restart.
    package let restart: RestartPolicy

    /// From the start of an instance to its `started()`; an instance over it has failed.
    package let startDeadline: Duration

    /// For `stop()` and the end of `run` together; an instance over it is abandoned.
    package let stopDeadline: Duration

    /// The number of records a dynamic child keeps, shown in the tree in place of children.
    ///
    /// Called for each snapshot, on the thread of whoever asks: it must not block.
    package let count: (@Sendable () -> Int)?

    /// What is below a child that is a supervisor.
    let branch: Branch?

    /// Makes the instance of one generation, on the supervisor's executor: it must not block.
    let make: @Sendable (TreeContext) -> Made

    /// A line of the tree.
    ///
    /// - Parameters:
    ///   - id: The child's name, unique within its supervisor.
    ///   - purpose: What the child is for, in a few words.
    ///   - restart: The default is ``RestartPolicy/permanent``.
    ///   - startDeadline: The default is 30 s.
    ///   - stopDeadline: The default is 5 s.
    ///   - count: Given for a dynamic child: how many records it keeps.
    ///   - make: Makes a fresh instance for each start, on the supervisor's executor: it must not block.
    package init(
        id: String,
        purpose: String,
        restart: RestartPolicy = .permanent,
        startDeadline: Duration = .seconds(30),
        stopDeadline: Duration = .seconds(5),
        count: (@Sendable () -> Int)? = nil,
        make: @escaping @Sendable () -> any Child
    ) {
        self.id = id
        self.purpose = purpose
        self.restart = restart
        self.startDeadline = startDeadline
        self.stopDeadline = stopDeadline
        self.count = count
        self.branch = nil
        self.make = { _ in
            let child = make()
            return Made(child: child, overseer: child as? any Overseer)
        }
    }

    /// A line whose instances are made by what the tree gives them.
    init(
        id: String,
        purpose: String,
        restart: RestartPolicy,
        startDeadline: Duration = .seconds(30),
        stopDeadline: Duration,
        count: (@Sendable () -> Int)? = nil,
        branch: Branch? = nil,
        build: @escaping @Sendable (TreeContext) -> Made
    ) {
        self.id = id
        self.purpose = purpose
        self.restart = restart
        self.startDeadline = startDeadline
        self.stopDeadline = stopDeadline
        self.count = count
        self.branch = branch
        self.make = build
    }

    /// The same line with something around each instance, such as a measurement or a fault.
    ///
    /// - Parameter wrap: Is given each fresh instance, on the supervisor's executor: it must not block.
    /// - Returns: A line that differs in what it makes alone; a supervisor stays one to the tree.
    package func wrapped(_ wrap: @escaping @Sendable (any Child) -> any Child) -> ChildSpec {
        let make = self.make
        return ChildSpec(
            id: self.id,
            purpose: self.purpose,
            restart: self.restart,
            startDeadline: self.startDeadline,
            stopDeadline: self.stopDeadline,
            count: self.count,
            branch: self.branch,
            build: { context in
                let made = make(context)
                return Made(child: wrap(made.child), overseer: made.overseer)
            }
        )
    }
}
