import Synchronization

/// It has no `stop()` of its own: a cancelled `run` is a shutdown in good order.
extension Supervisor: Child {
    /// Returns as soon as the supervisor gets to it; what its children do is for itself to watch.
    package func signOfLife() async {}
}

extension Supervisor {
    /// The tree as it is now; answers in every phase, also while children start, restart or stop.
    ///
    /// It waits for nobody: supervisors are nested in it as of their last event, one that stands still, too.
    package nonisolated func snapshot() -> ChildSnapshot {
        let present = self.published.withLock(\.self).snapshot
        let nested = self.incarnations.all.compactMapValues { $0.overseer as? Supervisor }
        return present.nesting(nested.mapValues { $0.snapshot() })
    }

    /// The tree as written: for each child its policy and its purpose, in start order, supervisors nested.
    ///
    /// Always the same for the same tree, so that a test can hold it against the docs.
    package nonisolated var outline: String {
        TreeText.draw(title: "\(self.id) (\(self.branch.rule))", nodes: self.branch.outline)
    }
}

extension ChildSnapshot {
    /// The same with what the supervisors among the children tell, by the index of the child.
    fileprivate func nesting(_ told: [Int: ChildSnapshot]) -> ChildSnapshot {
        guard case .children(let children) = self.members, !told.isEmpty else { return self }
        let nested = children.enumerated().map { index, child in told[index].map(child.asTold) ?? child }
        return ChildSnapshot(
            id: self.id,
            state: self.state,
            strategy: self.strategy,
            restarts: self.restarts,
            lastFailure: self.lastFailure,
            members: .children(nested)
        )
    }

    /// A supervisor as its parent sees it, with what only it knows itself.
    private func asTold(_ told: ChildSnapshot) -> ChildSnapshot {
        ChildSnapshot(
            id: self.id,
            state: self.state == .running ? told.state : self.state,
            strategy: told.strategy,
            restarts: self.restarts,
            lastFailure: self.lastFailure ?? told.lastFailure,
            leftBehind: self.leftBehind,
            members: told.members
        )
    }
}
