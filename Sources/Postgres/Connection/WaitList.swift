import Glibc

/// One thing that a task waits for on a ``PollThread``.
struct Wait {
    /// From ``PollThread/makeWaitID()``.
    let id: UInt64
    /// The descriptor, or -1 for a wait that only its deadline or ``PollThread/end(_:_:)`` ends.
    let socket: Int32
    /// What it waits for, as of poll(2): POLLIN, POLLOUT.
    let events: Int16
    /// When it is over at the latest; nil for never.
    let deadline: ContinuousClock.Instant?
}

/// How a wait ended.
enum WaitOutcome: Sendable, Equatable {
    /// The socket is readable, broken, or, where that was asked for, writable; or the wait was ended as granted.
    case ready(events: Int16)
    /// Its deadline has come.
    case timedOut
    /// Its task was cancelled.
    case cancelled
    /// The socket was closed by this process, or the thread was stopped.
    case closed
}

/// One call of poll(2).
struct PollRound {
    /// The eventfd first, then the sockets in the order of their waits.
    var descriptors: [pollfd]
    /// In milliseconds, rounded up; -1 for none.
    var timeout: Int32
}

/// The waits of a thread: which sockets to poll for, how long, and who is due; no I/O, no clock.
struct WaitList {
    typealias Continuation = CheckedContinuation<WaitOutcome, Never>

    private var waits: [(wait: Wait, continuation: Continuation)] = []
    private var lastID: UInt64 = 0

    mutating func makeID() -> UInt64 {
        self.lastID += 1
        return self.lastID
    }

    mutating func add(_ wait: Wait, _ continuation: Continuation) {
        self.waits.append((wait, continuation))
    }

    mutating func remove(_ id: UInt64) -> Continuation? {
        self.waits.firstIndex { $0.wait.id == id }.map { self.waits.remove(at: $0).continuation }
    }

    mutating func remove(socket: Int32) -> [Continuation] {
        let removed = self.waits.filter { $0.wait.socket == socket }
        self.waits.removeAll { $0.wait.socket == socket }
        return removed.map(\.continuation)
    }

    mutating func removeAll() -> [Continuation] {
        defer {
            self.waits = []
        }
        return self.waits.map(\.continuation)
    }

    func round(wakeup: Int32, now: ContinuousClock.Instant) -> PollRound {
        var descriptors = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)]
        descriptors += self.waits.map { pollfd(fd: $0.wait.socket, events: $0.wait.events, revents: 0) }
        return PollRound(descriptors: descriptors, timeout: self.timeout(now: now))
    }

    /// Takes out the waits that poll(2) reported and those whose deadline has come.
    ///
    /// A wait removed or added while poll(2) slept is told by its descriptor: only one that was polled for is ready.
    mutating func removeDue(_ polled: [pollfd], now: ContinuousClock.Instant) -> [(Continuation, WaitOutcome)] {
        var due: [(Continuation, WaitOutcome)] = []
        self.waits.removeAll { entry in
            guard let outcome = entry.wait.outcome(polled: polled, now: now) else {
                return false
            }
            due.append((entry.continuation, outcome))
            return true
        }
        return due
    }

    private func timeout(now: ContinuousClock.Instant) -> Int32 {
        guard let earliest = self.waits.compactMap(\.wait.deadline).min() else {
            return -1
        }
        let left = max(.zero, now.duration(to: earliest)).components
        guard left.seconds < 2_000_000 else {
            return 2_000_000_000
        }
        return Int32(left.seconds) * 1000 + Int32((left.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension Wait {
    fileprivate func outcome(polled: [pollfd], now: ContinuousClock.Instant) -> WaitOutcome? {
        if self.socket >= 0, let found = polled.first(where: { $0.fd == self.socket && $0.revents != 0 }) {
            return .ready(events: found.revents)
        }
        guard let deadline = self.deadline, deadline <= now else {
            return nil
        }
        return .timedOut
    }
}
