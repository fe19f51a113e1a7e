/// What makes a tree senseless as written, found before anything of it starts.
extension Branch {
    /// What is wrong below a supervisor.
    ///
    /// - Parameter path: Of this supervisor; empty for the root.
    /// - Returns: Words, each with the path of the supervisor that it is about; empty: the tree can run.
    func faults(_ path: String) -> [String] {
        let own = self.intensity.faults + self.backoff.faults + self.liveness.faults
        let names = Self.faults(ofNames: self.children.map(\.id))
        let lines = self.children.flatMap { spec in
            spec.faults.map { "\(spec.id): \($0)" }
        }
        let below = self.children.flatMap { spec in
            spec.branch?.faults(path.isEmpty ? spec.id : "\(path)/\(spec.id)") ?? []
        }
        let prefix = path.isEmpty ? "" : "\(path): "
        return (own + names + lines).map { prefix + $0 } + below
    }

    private static func faults(ofNames names: [String]) -> [String] {
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.filter { $0.value > 1 }.keys.sorted().map { "two children are called \($0)" }
    }
}

extension ChildSpec {
    /// A slash would make paths in events ambiguous.
    fileprivate var faults: [String] {
        let name = self.id.isEmpty || self.id.contains("/") ? ["an id is not empty and has no slash"] : []
        return name + deadlineFaults(start: self.startDeadline, stop: self.stopDeadline)
    }
}

extension ChildTemplate {
    /// As those of ``Branch/faults(_:)``, for children of which each has these numbers.
    var faults: [String] {
        self.intensity.faults + (self.storm?.faults ?? []) + self.backoff.faults + (self.liveness?.faults ?? [])
            + deadlineFaults(start: self.startDeadline, stop: self.stopDeadline)
    }
}

extension RestartIntensity {
    fileprivate var faults: [String] {
        self.restarts >= 0 && self.period > .zero ? [] : ["restarts are 0 at least, in a period longer than 0"]
    }
}

extension Backoff {
    fileprivate var faults: [String] {
        let isOrderly = self.initial >= .zero && self.maximum >= .zero && self.factor >= 1
        return isOrderly && (0...1).contains(self.jitter)
            ? [] : ["pauses are 0 at least, their factor 1 at least, jitter is from 0 to 1"]
    }
}

extension Liveness {
    fileprivate var faults: [String] {
        self.interval > .zero && self.deadline > .zero ? [] : ["signs of life have an interval and a deadline above 0"]
    }
}

private func deadlineFaults(start: Duration, stop: Duration) -> [String] {
    start > .zero && stop >= .zero ? [] : ["a start deadline is above 0, a stop deadline 0 at least"]
}
