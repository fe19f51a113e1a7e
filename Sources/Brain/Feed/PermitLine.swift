import Synchronization

/// So many may go on at once, so many more may wait, in order; the next is turned away.
final class PermitLine: Sendable {
    private let state: Mutex<State>
    private let longest: Int

    private struct State {
        var free: Int
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var lastTicket = 0
    }

    init(permits: Int, longest: Int) {
        self.state = Mutex(State(free: permits))
        self.longest = longest
    }

    /// Gets a permit, which is to be given back by ``leave()``; `busy` where too many wait or the task is cancelled.
    func enter() async throws(RunsQueryError) {
        let ticket = self.state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        let isGranted = await withTaskCancellationHandler {
            await withCheckedContinuation { self.ask(ticket, $0) }
        } onCancel: {
            self.giveUp(ticket)
        }
        guard isGranted else {
            throw .busy
        }
    }

    func leave() {
        let next = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    private func ask(_ ticket: Int, _ continuation: CheckedContinuation<Bool, Never>) {
        let answer = self.state.withLock { state -> Bool? in
            if state.free > 0 {
                state.free -= 1
                return true
            }
            // Checked under the lock: a cancellation after it finds the ticket in the line.
            guard state.waiting.count < self.longest, !Task.isCancelled else {
                return false
            }
            state.waiting.append((ticket, continuation))
            return nil
        }
        if let answer {
            continuation.resume(returning: answer)
        }
    }

    private func giveUp(_ ticket: Int) {
        let continuation = self.state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                return nil
            }
            return state.waiting.remove(at: index).continuation
        }
        continuation?.resume(returning: false)
    }
}
