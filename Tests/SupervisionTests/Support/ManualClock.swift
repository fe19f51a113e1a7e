import Foundation

/// A clock that stands still until a test moves it, and tells when someone sleeps on it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: self.offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - self.offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let deadline: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Duration.zero
        var nextID = 0
        var cancelled: Set<Int> = []
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [(deadline: Duration, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Guarded(State())

    var now: Instant { Instant(offset: self.state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = self.state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { self.register(id, deadline.offset, $0) }
        } onCancel: {
            self.cancel(id)
        }
    }

    /// Waits until someone sleeps up to `deadline`, then moves the time there.
    func advance(to deadline: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = self.state.withLock { state in
                let isThere = state.sleepers.values.contains { $0.deadline == deadline }
                if !isThere { state.watchers.append((deadline, continuation)) }
                return isThere
            }
            if isThere { continuation.resume() }
        }
        self.move(to: deadline)
    }

    /// Moves the time and wakes who is due.
    func move(to time: Duration) {
        let due = self.state.withLock { state in
            state.now = time
            let due = state.sleepers.filter { $0.value.deadline <= time }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func register(_ id: Int, _ deadline: Duration, _ continuation: CheckedContinuation<Void, any Error>) {
        let (result, watchers) = self.state.withLock {
            state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
            guard state.cancelled.remove(id) == nil else { return (.failure(CancellationError()), []) }
            guard deadline > state.now else { return (.success(()), []) }
            state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
            let watchers = state.watchers.filter { $0.deadline == deadline }.map(\.continuation)
            state.watchers.removeAll { $0.deadline == deadline }
            return (nil, watchers)
        }
        if let result { continuation.resume(with: result) }
        for watcher in watchers { watcher.resume() }
    }

    private func cancel(_ id: Int) {
        let sleeper = self.state.withLock { state in
            if state.sleepers[id] == nil { state.cancelled.insert(id) }
            return state.sleepers.removeValue(forKey: id)
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}

/// A value behind a lock that the thread sanitizer knows.
///
/// It doesn't see into the contended path of `Synchronization.Mutex` on Linux (Swift 6.3.1) and takes what
/// that guards for a race.
private final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    // Safety: only touched between lock and unlock.
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        self.lock.lock()
        defer { self.lock.unlock() }
        return body(&self.value)
    }
}
