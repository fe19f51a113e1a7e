import CLinux
import Glibc
import Synchronization

/// A thread that runs the jobs of its actors, and in between waits for their sockets.
///
/// It is the executor of every ``Connection`` opened on it: libpq is called on this thread alone, and whatever blocks
/// in libpq (host name resolution, nothing else) blocks the connections of this thread alone. It sleeps in one
/// poll(2) over an eventfd and the sockets that are waited for, until the earliest deadline among them.
///
/// The thread lives until ``stop()``. The jobs queue isn't bounded by itself: it holds at most one job for each call
/// under way.
package final class PollThread: SerialExecutor, Sendable {
    private let state = Mutex(State())
    private let wakeup: Int32

    private struct State {
        var jobs: [UnownedJob] = []
        var waits = WaitList()
        var stage = Stage.running
        /// Whoever runs jobs now: the thread itself, and after its end the caller of `enqueue`.
        var runner: pthread_t?
    }

    private enum Stage {
        /// Can transition to `stopping`.
        case running
        /// Waits are over and refused, what is queued still runs. Can transition to `stopped`.
        case stopping
        /// The thread is gone.
        case stopped
    }

    /// Starts the thread.
    ///
    /// - Parameter name: what `top -H` shows; the first 15 bytes count.
    /// - Throws: ``PostgresError/resources(_:)`` where the process may have no further descriptor or thread.
    package init(name: String) throws(PostgresError) {
        self.wakeup = clinux_eventfd()
        guard self.wakeup >= 0 else {
            throw .resources("no eventfd: \(String(cString: strerror(errno)))")
        }
        try self.start(name: name)
    }

    deinit {
        Glibc.close(self.wakeup)
    }

    /// Ends the thread and waits for its end: at once, or when a host name resolution under way is over.
    ///
    /// Waits under way end, so the calls of connections still open throw ``PostgresError/connectionLost(_:)``. Jobs that
    /// come later find every connection unusable and run on the thread that brings them, one at a time.
    package func stop() {
        let runner = self.state.withLock { state -> pthread_t? in
            guard state.stage == .running else {
                return nil
            }
            state.stage = .stopping
            return state.runner
        }
        guard let runner else {
            return
        }
        self.wake()
        if pthread_equal(runner, pthread_self()) != 0 {
            pthread_detach(runner)
        } else {
            pthread_join(runner, nil)
        }
    }

    /// Has the job run on the thread; after `stop()` on whatever thread comes first.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (stage, runner) = self.state.withLock { state in
            state.jobs.append(job)
            let before = (state.stage, state.runner)
            if state.stage == .stopped, state.runner == nil {
                state.runner = pthread_self()
            }
            return before
        }
        if stage == .stopped {
            if runner == nil {
                self.runLateJobs()
            }
        } else if runner.map({ pthread_equal($0, pthread_self()) == 0 }) ?? true {
            self.wake()
        }
    }

    /// Traps where the caller isn't on the thread: without it `assumeIsolated` would, outside a job, even there.
    package func checkIsolated() {
        let runner = self.state.withLock { $0.runner }
        // Safety: nothing from outside comes to it; `SerialExecutor` asks for a trap.
        precondition(runner.map { pthread_equal($0, pthread_self()) != 0 } ?? false, "not on its PollThread")
    }
}

extension PollThread {
    /// Suspends until the socket is ready, the deadline is there, the task is cancelled, or someone ends the wait.
    ///
    /// Nothing of the socket is read or written.
    ///
    /// - Parameters:
    ///   - wait: what is waited for, with an id from ``makeWaitID()``.
    ///   - isolation: the caller, an actor of this thread. The closures name it, since they would leave it otherwise.
    /// - Returns: how it ended. A wait of a task that is cancelled already ends at once.
    func wait(for wait: Wait, isolation: isolated (any Actor)? = #isolation) async -> WaitOutcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { continuation in
                self.add(wait, continuation)
            }
        } onCancel: {
            _ = self.end(wait.id, .cancelled)
        }
    }

    /// Suspends an actor of this thread for a short time, to the millisecond; others go on.
    ///
    /// - Parameters:
    ///   - deadline: when it is over.
    ///   - isolation: the caller.
    /// - Throws: `cancelled`, or `connectionLost` where the thread was stopped.
    package func pause(
        until deadline: ContinuousClock.Instant,
        isolation: isolated (any Actor)? = #isolation
    ) async throws(PostgresError) {
        let wait = Wait(id: self.makeWaitID(), socket: -1, events: 0, deadline: deadline)
        switch await self.wait(for: wait) {
        case .ready, .timedOut: return
        case .cancelled: throw .cancelled
        case .closed: throw .connectionLost("its thread was stopped")
        }
    }

    /// A number that no other wait of this thread has.
    func makeWaitID() -> UInt64 {
        self.state.withLock { $0.waits.makeID() }
    }

    /// Ends one wait.
    ///
    /// - Parameters:
    ///   - id: the wait's number.
    ///   - outcome: what it returns.
    /// - Returns: false when that wait is over already, or has not begun.
    func end(_ id: UInt64, _ outcome: WaitOutcome) -> Bool {
        guard let continuation = self.state.withLock({ $0.waits.remove(id) }) else {
            return false
        }
        continuation.resume(returning: outcome)
        return true
    }

    /// Ends every wait for a socket that is about to be closed, with ``WaitOutcome/closed``.
    ///
    /// - Parameter socket: its descriptor.
    func endWaits(on socket: Int32) {
        // Without a socket are the waits of others, too.
        guard socket >= 0 else {
            return
        }
        for continuation in self.state.withLock({ $0.waits.remove(socket: socket) }) {
            continuation.resume(returning: .closed)
        }
    }

    private func add(_ wait: Wait, _ continuation: WaitList.Continuation) {
        // Task.isCancelled is read under the lock: a cancellation sets it first and then asks for the lock in `end`,
        // so either it is seen here or the wait is found there.
        // Safety: only `wait` comes here, and stays with its caller, an actor of this thread.
        self.preconditionIsolated()
        let outcome = self.state.withLock { state -> WaitOutcome? in
            guard state.stage == .running else {
                return .closed
            }
            guard !Task.isCancelled else {
                return .cancelled
            }
            state.waits.add(wait, continuation)
            return nil
        }
        if let outcome {
            continuation.resume(returning: outcome)
        }
    }
}

extension PollThread {
    private func start(name: String) throws(PostgresError) {
        let thread = try PosixThread.start(name: name) {
            self.run()
        }
        self.state.withLock { $0.runner = thread }
    }

    private func run() {
        self.state.withLock { $0.runner = pthread_self() }
        repeat {
            self.runJobs()
        } while self.pollOnce()
    }

    private func runJobs() {
        while true {
            let jobs = self.state.withLock { state in
                defer {
                    state.jobs = []
                }
                return state.jobs
            }
            guard !jobs.isEmpty else {
                return
            }
            for job in jobs {
                job.runSynchronously(on: self.asUnownedSerialExecutor())
            }
        }
    }

    private func runLateJobs() {
        repeat {
            self.runJobs()
        } while self.state.withLock { state in
            guard state.jobs.isEmpty else {
                return true
            }
            state.runner = nil
            return false
        }
    }

    /// Waits once and resumes what is due; false when the thread shall end.
    private func pollOnce() -> Bool {
        guard var round = self.nextRound() else {
            return self.finishStop()
        }
        _ = poll(&round.descriptors, nfds_t(round.descriptors.count), round.timeout)
        self.drainWakeup()
        let due = self.state.withLock { $0.waits.removeDue(round.descriptors, now: .now) }
        for (continuation, outcome) in due {
            continuation.resume(returning: outcome)
        }
        return true
    }

    private func nextRound() -> PollRound? {
        self.state.withLock { state in
            guard state.stage == .running else {
                return nil
            }
            var round = state.waits.round(wakeup: self.wakeup, now: .now)
            if !state.jobs.isEmpty {
                round.timeout = 0
            }
            return round
        }
    }

    /// Ends every wait; false when nothing is left to run.
    private func finishStop() -> Bool {
        let left = self.state.withLock { $0.waits.removeAll() }
        for continuation in left {
            continuation.resume(returning: .closed)
        }
        return self.state.withLock { state in
            guard state.jobs.isEmpty else {
                return true
            }
            state.stage = .stopped
            state.runner = nil
            return false
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(self.wakeup, &one, MemoryLayout<UInt64>.size)
    }

    private func drainWakeup() {
        var count: UInt64 = 0
        _ = read(self.wakeup, &count, MemoryLayout<UInt64>.size)
    }
}
