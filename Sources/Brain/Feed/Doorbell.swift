import Synchronization

/// Wakes the one task that waits; a ring while nobody waits is kept, several count as one.
final class Doorbell: Sendable {
    private let state = Mutex(State.quiet)

    private enum State {
        /// Can transition to `rung` and `awaited`.
        case quiet
        /// Can transition to `quiet`.
        case rung
        /// Can transition to `quiet`, or to `awaited` by a newer task.
        case awaited(Int, CheckedContinuation<Bool, Never>)
    }

    private let tickets = Atomic(0)

    /// Wakes whoever waits, else the next one that will.
    func ring() {
        let waiting = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard case .awaited(_, let continuation) = state else {
                state = .rung
                return nil
            }
            state = .quiet
            return continuation
        }
        waiting?.resume(returning: true)
    }

    /// Waits for a ring, or for another task that comes to wait: so one has to look again at what one waits for.
    func wait() async throws(CancellationError) {
        let ticket = self.tickets.add(1, ordering: .relaxed).newValue
        let isRung = await withTaskCancellationHandler {
            await withCheckedContinuation { self.enter(ticket, $0) }
        } onCancel: {
            self.leave(ticket)
        }
        guard isRung, !Task.isCancelled else {
            throw CancellationError()
        }
    }

    private func enter(_ ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        let outcome = self.state.withLock { state -> (CheckedContinuation<Bool, Never>, Bool)? in
            // Asked under the lock: a cancellation after it finds the continuation.
            guard !Task.isCancelled else {
                return (continuation, false)
            }
            switch state {
            case .rung:
                state = .quiet
                return (continuation, true)
            case .quiet:
                state = .awaited(ticket, continuation)
                return nil
            case .awaited(_, let older):
                state = .awaited(ticket, continuation)
                return (older, true)
            }
        }
        outcome?.0.resume(returning: outcome?.1 ?? false)
    }

    private func leave(_ ticket: Int) {
        let continuation = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard case .awaited(ticket, let continuation) = state else {
                return nil
            }
            state = .quiet
            return continuation
        }
        continuation?.resume(returning: false)
    }
}
