extension ChildSpec {
    /// A line of the tree that is a supervisor, with a strategy and an intensity of its own.
    ///
    /// It has started once all its children have. When it gives up, or a child of its fails to start, it is a
    /// failed child of its parent, which makes it afresh with all that is below it, or gives up too. It reports
    /// to the observer of the root, tells time by the root's clock, and is nested in the root's snapshot.
    ///
    /// It stops its children in reverse order, and is down within four fifths of its own stop deadline: a child
    /// whose turn hasn't come by then is abandoned, and so is all below it.
    ///
    /// - Parameters:
    ///   - id: The supervisor's name, unique within its parent.
    ///   - purpose: What it is for, in a few words.
    ///   - restart: The default is ``RestartPolicy/permanent``.
    ///   - strategy: What a child's failure means for the others; the default is ``Strategy/oneForOne``.
    ///   - intensity: The restarts granted before it gives up.
    ///   - backoff: The pause before a restart.
    ///   - liveness: How its children are asked for signs of life.
    ///   - startDeadline: The default suffices for all restarts granted while it starts, each as late as can be: a
    ///     child that hangs is found by its own deadline.
    ///   - stopDeadline: The default suffices for each child to use up its own.
    ///   - children: What is below it, in start order.
    /// - Returns: The line.
    package static func supervisor(
        id: String,
        purpose: String,
        restart: RestartPolicy = .permanent,
        strategy: Strategy = .oneForOne,
        intensity: RestartIntensity = RestartIntensity(),
        backoff: Backoff = Backoff(),
        liveness: Liveness = Liveness(),
        startDeadline: Duration? = nil,
        stopDeadline: Duration? = nil,
        children: [ChildSpec]
    ) -> ChildSpec {
        let branch = Branch(
            strategy: strategy,
            intensity: intensity,
            backoff: backoff,
            liveness: liveness,
            children: children
        )
        let stopDeadline = stopDeadline ?? branch.stopDeadline
        return ChildSpec(
            id: id,
            purpose: purpose,
            restart: restart,
            startDeadline: startDeadline ?? branch.startDeadline,
            stopDeadline: stopDeadline,
            branch: branch,
            build: { context in
                let below = context.below(id)
                let supervisor = Supervisor(id: id, branch: branch, context: below, stopLimit: stopDeadline * 4 / 5)
                return Made(child: supervisor, overseer: supervisor)
            }
        )
    }
}
