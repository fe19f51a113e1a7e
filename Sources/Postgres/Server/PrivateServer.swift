import Glibc
import Subprocess

/// A PostgreSQL server of one's own, from the machine's programs, as a child process: made where there is none,
/// started, watched and stopped.
///
/// One instance runs once. Its directory is locked while it does.
package actor PrivateServer {
    /// Where the server is reached; nil until it accepts connections and after its end.
    package private(set) var address: ServerAddress?

    private let configuration: PrivateServerConfiguration
    private var state = State.idle
    private var endWaiters: [AsyncStream<Void>.Continuation] = []

    private enum State {
        /// Can transition to `preparing`, `ended`.
        case idle
        /// Can transition to `running`, `stopping`, `ended`.
        case preparing
        /// While there is a pid, the process isn't reaped and the pid its own. Can transition to `stopping`, `ended`.
        case running(pid: Int32?)
        /// Asked to stop; a pid as in `running`. Can transition to `ended`.
        case stopping(pid: Int32?)
        case ended
    }

    /// Nothing is touched before ``run(ready:)``.
    ///
    /// - Parameter configuration: what the server is made of.
    package init(_ configuration: PrivateServerConfiguration) {
        self.configuration = configuration
    }

    /// Runs the server until it is stopped: makes the cluster where there is none, ends a server that a killed process
    /// left behind, chooses a port, and starts.
    ///
    /// Cancellation shuts the server down as ``stop(deadline:)`` does, with the configuration's deadline. Starting has
    /// no deadline of its own, since a recovery takes as long as it takes.
    ///
    /// - Parameter ready: called once the server accepts connections over its socket; cancelled when the server ends,
    ///   which is waited for.
    /// - Throws: what keeps the server from running, or ``PrivateServerError/exited(_:)`` where it ended unasked.
    package func run(ready: @escaping @Sendable (ServerAddress) async -> Void) async throws(PrivateServerError) {
        guard case .idle = self.state else {
            return
        }
        self.state = .preparing
        defer {
            self.end()
        }
        let directory = try DataDirectory(self.configuration.directory)
        let lock = try DirectoryLock(directory.lock)
        defer {
            lock.release()
        }
        let launch = try await self.prepare(directory)
        defer {
            launch.cleanUp()
        }
        try await self.serve(launch, ready)
    }

    /// Shuts the server down fast: sessions are ended, an open `psql` doesn't hold it up (PostgreSQL manual, SIGINT).
    ///
    /// Returns when `run(ready:)` is about to, its directory free again. Idempotent; before `run(ready:)` it prevents it.
    ///
    /// - Parameter deadline: after this an immediate shutdown (SIGQUIT) follows, which costs the next start a recovery,
    ///   and 10 s later SIGKILL. A cancelled caller doesn't wait for it.
    package func stop(deadline: Duration) async {
        switch self.state {
        case .idle, .ended:
            self.state = .ended
            return
        case .preparing:
            self.state = .stopping(pid: nil)
        case .running(let pid):
            self.state = .stopping(pid: pid)
            self.signal(SIGINT)
        case .stopping:
            break
        }
        await withTaskGroup { group in
            group.addTask { await self.escalate(after: deadline) }
            await self.ended()
            group.cancelAll()
        }
    }
}

extension PrivateServer {
    private func prepare(_ directory: DataDirectory) async throws(PrivateServerError) -> ServerLaunch {
        let release = FileSystem.text(of: directory.cluster + "/PG_VERSION").map { $0.filter { !$0.isWhitespace } }
        let programs = try await ServerPrograms.locate(release: release)
        try FileSystem.makeDirectory(directory.log, mode: 0o700)
        try await LeftoverServer(cluster: directory.cluster).end(deadline: self.configuration.stopDeadline)
        let maker = ClusterMaker(directory: directory, programs: programs, superuser: self.configuration.superuser)
        try await maker.makeCluster()
        let rules = self.configuration.accessRules.map { $0 + "\n" }.joined()
        try FileSystem.write(rules, to: directory.cluster + "/pg_hba.conf", for: directory.user)
        guard let choice = PortChoice.firstFree(from: self.configuration.preferredPort) else {
            throw .didNotStart("no port from \(self.configuration.preferredPort) on is free")
        }
        return ServerLaunch(
            directory: directory,
            programs: programs,
            choice: choice,
            socketDirectory: try directory.makeSocketDirectory(),
            settings: self.configuration.settings
        )
    }

    private func serve(
        _ launch: ServerLaunch,
        _ ready: @escaping @Sendable (ServerAddress) async -> Void
    ) async throws(PrivateServerError) {
        guard case .preparing = self.state, !Task.isCancelled else {
            return
        }
        let address = ServerAddress(
            port: launch.choice.port,
            socketDirectory: launch.socketDirectory,
            superuser: self.configuration.superuser
        )
        let probe = try ServerProbe(address)
        let configuration = launch.configuration(stopDeadline: self.configuration.stopDeadline)
        do {
            let result = try await Subprocess.run(
                configuration,
                input: .none,
                output: .discarded,
                error: .sequence
            ) { process in
                await self.watch(process.processIdentifier.value, process.standardError, launch.directory.log) {
                    await self.announce(address, probe, ready)
                }
            }
            try self.judge(ServerExit(result.terminationStatus), result.closureResult)
        } catch let error as PrivateServerError {
            throw error
        } catch {
            guard !Task.isCancelled else {
                return
            }
            throw .didNotStart("\(error)")
        }
    }

    /// Writes the log until the server ends, and meanwhile tells that it is ready.
    private func watch(
        _ pid: Int32,
        _ output: SubprocessOutputSequence,
        _ log: String,
        announce: @escaping @Sendable () async -> Void
    ) async -> LineTail {
        self.began(pid)
        defer {
            self.finished()
        }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask(operation: announce)
            let tail = await ServerLog.collect(output, in: log)
            group.cancelAll()
            await group.waitForAll()
            return tail
        }
    }

    /// A server that ended unasked is a failure, whatever its code.
    private func judge(_ exit: ServerExit, _ tail: LineTail) throws(PrivateServerError) {
        guard case .running = self.state, !Task.isCancelled else {
            return
        }
        guard self.address != nil else {
            throw .didNotStart(tail.lines(3))
        }
        throw .exited(exit)
    }

    private func announce(
        _ address: ServerAddress,
        _ probe: ServerProbe,
        _ ready: @Sendable (ServerAddress) async -> Void
    ) async {
        guard await probe.waitUntilAccepting(), case .running = self.state else {
            return
        }
        self.address = address
        await ready(address)
    }

    private func began(_ pid: Int32) {
        if case .stopping = self.state {
            self.state = .stopping(pid: pid)
            self.signal(SIGINT)
        } else {
            self.state = .running(pid: pid)
        }
    }

    /// From here on the process may be reaped, and its pid another's.
    private func finished() {
        if case .stopping = self.state {
            self.state = .stopping(pid: nil)
        } else {
            self.state = .running(pid: nil)
        }
    }

    private func end() {
        self.state = .ended
        self.address = nil
        for waiter in self.endWaiters {
            waiter.finish()
        }
        self.endWaiters = []
    }
}

extension PrivateServer {
    /// Returns early where the caller is cancelled: it may be within `ready`, whose end the server's end waits for.
    private func ended() async {
        let (end, waiter) = AsyncStream<Void>.makeStream()
        self.endWaiters.append(waiter)
        for await _ in end {}
    }

    private func escalate(after deadline: Duration) async {
        for (pause, number) in [(deadline, SIGQUIT), (.seconds(10), SIGKILL)] {
            guard (try? await Task.sleep(for: pause)) != nil else {
                return
            }
            self.signal(number)
        }
    }

    private func signal(_ number: Int32) {
        if case .stopping(let pid?) = self.state {
            kill(pid, number)
        }
    }
}

extension ServerExit {
    fileprivate init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .code(code)
        case .signaled(let signal): self = .signal(signal)
        }
    }
}
