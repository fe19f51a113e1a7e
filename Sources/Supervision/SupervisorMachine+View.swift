/// What the supervisor and the tree read off its state.
extension SupervisorMachine {
    /// The supervisor and its children; how often it was restarted itself is known to its parent.
    var snapshot: ChildSnapshot {
        ChildSnapshot(
            id: self.id,
            state: self.word,
            strategy: self.strategy,
            restarts: 0,
            lastFailure: self.lastFailure,
            members: .children(self.children.map(\.snapshot))
        )
    }

    /// How long the child was well in all its instances, up to its last counted failure; with its group, where it has one.
    func wellTime(of child: String) -> Duration? {
        (self.account ?? self.children.first { $0.spec.id == child }?.budget)?.time
    }

    private var word: ChildState {
        switch self.phase {
        case .idle, .finished(.shutdown): .stopped
        case .starting: .starting
        case .running: .running
        case .regrouping: .restarting
        case .stopping: .stopping
        case .finished(.startFailed), .finished(.gaveUp): .failed
        }
    }

    private var lastFailure: String? {
        switch self.phase {
        case .stopping(.startFailed(let child, let cause)), .finished(.startFailed(let child, let cause)):
            "\(child): \(cause.text)"
        case .stopping(.gaveUp(let child, let reason)), .finished(.gaveUp(let child, let reason)):
            "\(child): \(reason)"
        case .idle, .starting, .running, .regrouping, .stopping(.shutdown), .finished(.shutdown):
            nil
        }
    }
}

extension SupervisorMachine.Phase {
    /// Whether the children are on their way down for good.
    var isStopping: Bool {
        if case .stopping = self { true } else { false }
    }
}
