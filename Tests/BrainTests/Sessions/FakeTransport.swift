import NIOCore
import Synchronization
import WebSocket

@testable import Brain

/// A socket of a session that notes what it is asked for, and answers as it is told.
final class FakeTransport: SessionTransport {
    struct State {
        /// What was asked for, in words and in order.
        var calls: [String] = []
        /// The answers to offers, one after the other; `.queued` once they have run out.
        var outcomes: [Mailbox.Outcome] = []
        /// Whether a pump empties the mailbox.
        var isWritable = true
        var beat = Heartbeat.Action.none
    }

    private let state = Mutex(State())

    /// What was asked for since the last time.
    func taken() -> [String] {
        self.state.withLock { state in
            defer { state.calls = [] }
            return state.calls
        }
    }

    func set(_ change: (inout sending State) -> Void) {
        self.state.withLock { change(&$0) }
    }

    private func note(_ call: String) {
        self.state.withLock { $0.calls.append(call) }
    }

    func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Mailbox.Outcome {
        self.note("offer \(frame.number)")
        return self.state.withLock { $0.outcomes.isEmpty ? .queued : $0.outcomes.removeFirst() }
    }

    func pump(now: ContinuousClock.Instant) -> Bool {
        self.note("pump")
        return self.state.withLock { $0.isWritable }
    }

    func heartbeat(now: ContinuousClock.Instant) -> Heartbeat.Action {
        self.state.withLock { $0.beat }
    }

    func owe(_ pong: PreparedFrame) {
        self.note("owe \(pong.buffer.words.prefix(15))")
    }

    func ping(_ payload: UInt64) {
        self.note("ping \(payload)")
    }

    func sendClose(_ code: CloseCode, reason: String) {
        self.note("close \(code.rawValue) \(reason)")
    }

    func answerClose(_ code: UInt16?) {
        self.note("answer \(code.map { "\($0)" } ?? "nil")")
    }

    func disconnect() {
        self.note("disconnect")
    }
}
