/// A supervisor as written: its children, and what happens when one fails.
struct Branch: Sendable {
    let strategy: Strategy
    let intensity: RestartIntensity
    let backoff: Backoff
    let liveness: Liveness
    let children: [ChildSpec]

    /// A deadline that no start is late for which the children's own deadlines and the intensity let go on.
    ///
    /// Each attempt granted may take what all starts and all stops may, and the longest pauses.
    var startDeadline: Duration {
        let attempt = self.children.map { $0.startDeadline + $0.stopDeadline + self.backoff.maximum }
        return attempt.reduce(.zero, +) * (min(self.intensity.restarts, Self.mostAttempts) + 1) + .seconds(1)
    }

    /// Beyond any start that somebody waits for, and far below what a duration holds.
    private static let mostAttempts = 1000

    /// A deadline of which four fifths suffice for the children to stop one after the other, and a second.
    var stopDeadline: Duration {
        self.children.map(\.stopDeadline).reduce(.seconds(1), +) * 5 / 4
    }

    /// The children's machines, before the first start.
    func machines(below path: String) -> [ChildMachine] {
        self.children.map { spec in
            ChildMachine(
                spec,
                below: path,
                intensity: self.intensity,
                backoff: self.backoff,
                liveness: self.liveness
            )
        }
    }

    /// The children's lines while no supervisor is there for them.
    var idle: [ChildSnapshot] {
        self.machines(below: "").map(\.snapshot)
    }

    /// Such as `one-for-one; 5 restarts of a child in 30 s`.
    var rule: String {
        let whose = self.strategy == .oneForOne ? " of a child" : ""
        return "\(self.strategy.rawValue); \(self.intensity.restarts) restarts\(whose) in "
            + self.intensity.period.shortText
    }

    /// The children as written: for each its policy and its purpose.
    var outline: [TreeText.Node] {
        self.children.map { spec in
            let policy = spec.count == nil ? spec.restart.rawValue : "dynamic"
            let rule = spec.branch.map { " (\($0.rule))" } ?? ""
            let columns = [policy, spec.purpose + rule]
            return TreeText.Node(name: spec.id, columns: columns, children: spec.branch?.outline ?? [])
        }
    }
}
