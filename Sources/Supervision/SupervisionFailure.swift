/// Why a tree ended other than by a shutdown; its children are down, or reported as abandoned, by then.
package enum SupervisionFailure: Error {
    /// A child failed before it ever called `started()`; `underlying` is its own error, or a ``ChildFault``.
    case startFailed(child: String, underlying: any Error)

    /// A child failed more often than its intensity grants; `reason` is its last failure.
    ///
    /// `wellFor` is how long it was well in all, its group with it: no longer was the supervisor, for its own parent;
    /// nil: for as long as it ran.
    case gaveUp(child: String, reason: String, wellFor: Duration? = nil)

    /// `run()` was called a second time: make a new supervisor.
    case alreadyRun(supervisor: String)

    /// The tree makes no sense as written, for all these reasons; nothing of it started.
    case malformed(supervisor: String, faults: [String])
}

extension SupervisionFailure: CustomStringConvertible {
    /// The words that the parent's events and the tree show where the supervisor is a child itself.
    package var description: String {
        switch self {
        case .startFailed(let child, let underlying): "\(child): \(underlying)"
        case .gaveUp(let child, let reason, _): "\(child): \(reason)"
        case .alreadyRun(let supervisor): "\(supervisor) was run before"
        case .malformed(let supervisor, let faults): "\(supervisor): \(faults.joined(separator: "; "))"
        }
    }
}

/// A failure that the supervisor finds, where the child itself threw nothing.
package enum ChildFault: Error, Equatable, CustomStringConvertible {
    /// `run` returned unasked.
    case returned

    /// No `started()` within the start deadline.
    case startOverdue(Duration)

    /// No sign of life within the deadline.
    case unresponsive(Duration)

    /// No end within the stop deadline.
    case stopOverdue(Duration)

    /// So many abandoned instances still run that no other is made.
    case leftBehind(Int)

    /// The words that events and the tree show.
    package var description: String {
        switch self {
        case .returned: "returned unasked"
        case .startOverdue(let deadline): "did not start within \(deadline.shortText)"
        case .unresponsive(let deadline): "gave no sign of life for \(deadline.shortText)"
        case .stopOverdue(let deadline): "did not stop within \(deadline.shortText)"
        case .leftBehind(let count): "\(count) instances were left behind and still run"
        }
    }
}

/// The error behind a failure, comparable by its text so that machines can be compared in tests.
struct Cause: Sendable, Equatable {
    let error: any Error
    /// One line of at most 256 characters: it stays in the tree until the next failure.
    let text: String

    /// How long the one who failed was well at most, where it is a supervisor that knows.
    var wellFor: Duration? {
        if case .gaveUp(_, _, let time) = self.error as? SupervisionFailure { time } else { nil }
    }

    /// Whether it is no more than the cancellation, handed on.
    var isCancellation: Bool { self.error is CancellationError }

    init(_ error: any Error) {
        self.error = error
        self.text = String(String(describing: error).prefix(256).map { $0.isNewline ? " " : $0 })
    }

    static func == (left: Cause, right: Cause) -> Bool {
        left.text == right.text
    }
}

extension Duration {
    /// Whole seconds as `30 s`, anything else in milliseconds, cut, as `250 ms`.
    var shortText: String {
        let (seconds, attoseconds) = self.components
        guard attoseconds != 0 else { return "\(seconds) s" }
        return "\(Int64(self / .milliseconds(1))) ms"
    }
}
