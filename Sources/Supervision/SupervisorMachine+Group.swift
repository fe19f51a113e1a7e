/// Children that are restarted together.
extension SupervisorMachine {
    /// A child failed and is to be restarted: those that go with it are recalled.
    ///
    /// Where a group goes down already, the child isn't of it, and so comes before it: the new group holds it.
    mutating func regroup(after child: Int) -> [Action] {
        guard let resumeAt = self.children[child].restartsAt,
            let first = self.strategy.groupStart(failed: child)
        else { return [] }
        let group = Regroup(first: first, resumeAt: resumeAt)
        self.phase = .regrouping(group)
        self.upSince = nil
        for member in self.children.indices.dropFirst(group.first) { self.children[member].recall() }
        return self.announce(group, failed: child)
    }

    private func announce(_ group: Regroup, failed child: Int) -> [Action] {
        let siblings = self.children.indices.dropFirst(group.first)
            .filter { $0 != child && !self.children[$0].isDown }
            .map { self.children[$0].name }
        return siblings.isEmpty ? [] : [.report(.regrouping(child: self.children[child].name, siblings: siblings))]
    }

    mutating func stopNext(of group: Regroup, now: Instant) -> [Action] {
        if let next = self.lastUp(of: group) {
            return self.children[next].stop(now: now).map { .child(next, $0) }
        }
        guard now >= group.resumeAt else { return [] }
        for member in self.children.indices.dropFirst(group.first) { self.children[member].reopen() }
        self.phase = .starting
        return self.startNext(now: now)
    }

    private func lastUp(of group: Regroup) -> Int? {
        self.children.indices.dropFirst(group.first).last { !self.children[$0].isDown }
    }

    /// When a group may start again; nil while one of it isn't down, and its end is what is waited for.
    var resumeAt: Instant? {
        guard case .regrouping(let group) = self.phase, self.lastUp(of: group) == nil else { return nil }
        return group.resumeAt
    }
}
