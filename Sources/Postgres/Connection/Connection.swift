import Glibc

/// A connection to a PostgreSQL server, by libpq's asynchronous calls on a ``PollThread``.
///
/// It does one thing at a time. A call while another is under way waits for its turn, in order; 32 may wait, one more
/// throws ``PostgresError/busy``. A query that is cancelled or late has an unknown state, so its connection is closed;
/// the server may still finish the statement. After a loss every call throws ``PostgresError/connectionLost(_:)`` with
/// the same reason: open another connection.
package actor Connection {
    /// The process at the server's side, as in `pg_stat_activity.pid`.
    package nonisolated let backendPID: Int32
    /// The server's version as a number: 150004 for 15.4.
    package nonisolated let serverVersion: Int32

    private let thread: PollThread
    private var turns = TurnQueue(limit: 32)
    private var state: State

    private enum State {
        /// Can transition to `lost`.
        case open(LibPQSession)
        case lost(reason: String)
    }

    /// The thread on which libpq is called.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.asUnownedSerialExecutor()
    }

    private init(_ session: LibPQSession, on thread: PollThread, backendPID: Int32, serverVersion: Int32) {
        self.state = .open(session)
        self.thread = thread
        self.backendPID = backendPID
        self.serverVersion = serverVersion
    }

    /// Connects, with `client_encoding` UTF8.
    ///
    /// Resolving a host name blocks the thread, and the deadline isn't looked at meanwhile.
    ///
    /// - Parameters:
    ///   - target: where to, and as whom.
    ///   - thread: where libpq is to be called from now on.
    ///   - timeout: how long it may take in all, whatever `connect_timeout` says.
    /// - Returns: a connection that is ready for queries.
    /// - Throws: `unreachable`, `authentication`, `noSuchDatabase`, `invalidTarget`, `refused`, `server` or `resources`
    ///   for a failed attempt, else `timedOut`, `cancelled`, or `connectionLost` where the thread was stopped.
    package static func open(
        _ target: ConnectionTarget,
        on thread: PollThread,
        timeout: Duration
    ) async throws(PostgresError) -> Connection {
        let attempt = ConnectionAttempt(on: thread)
        let (session, backendPID, version) = try await attempt.connect(to: target, until: .now + timeout)
        return Connection(session, on: thread, backendPID: backendPID, serverVersion: version)
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - statement: SQL with `$1`, `$2`… for the parameters.
    ///   - parameters: in text format, nil for NULL; the server infers their types.
    ///   - timeout: from the call on, the wait for its turn included; nil for no limit.
    /// - Returns: the whole result; fetch what may be big by a cursor.
    /// - Throws: `server` where the statement fails, which leaves the connection usable, as do `busy` and `refused` (a
    ///   NUL in a text, over 65535 parameters); else `timedOut`, `cancelled` or `connectionLost`. COPY loses the
    ///   connection.
    package func query(
        _ statement: String,
        _ parameters: [String?] = [],
        timeout: Duration? = nil
    ) async throws(PostgresError) -> Rows {
        try Self.checkNoNUL([statement] + parameters)
        let last = try await self.run(timeout: timeout) { session throws(PostgresError) in
            try session.send(statement, parameters)
        }
        guard let last else {
            throw self.lose("the server ended a query without a result")
        }
        return Rows(last)
    }

    /// Runs several statements, parted by semicolons, without parameters; all or none take effect unless the script
    /// has its own COMMIT.
    ///
    /// - Parameters:
    ///   - script: SQL.
    ///   - timeout: from the call on, the wait for its turn included; nil for no limit.
    /// - Throws: as ``query(_:_:timeout:)``: the first statement that fails ends the script.
    package func execute(_ script: String, timeout: Duration? = nil) async throws(PostgresError) {
        try Self.checkNoNUL([script])
        _ = try await self.run(timeout: timeout) { session throws(PostgresError) in
            try session.send(script: script)
        }
    }

    /// Waits for notifications of the channels that this connection LISTENs to.
    ///
    /// It holds the turn meanwhile, so a query waits behind it: for a connection that does nothing else. Nothing is in
    /// flight, so cancellation leaves the connection usable. libpq keeps what arrives between two calls, without bound.
    ///
    /// - Parameter timeout: how long to wait for the first one; nil for no limit.
    /// - Returns: all that are there, at least one; none where the time is over.
    /// - Throws: `cancelled`, `busy` or `connectionLost`.
    package func notifications(timeout: Duration? = nil) async throws(PostgresError) -> [Notification] {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        do throws(PostgresError) {
            try await self.takeTurn(until: deadline)
            defer {
                self.endTurn()
            }
            return try await self.nextNotifications(until: deadline)
        } catch .timedOut {
            return []
        }
    }

    /// Closes the connection; a call under way throws ``PostgresError/connectionLost(_:)``.
    package func close() {
        _ = self.lose("closed by this process")
    }
}

extension Connection {
    /// Sends, then reads every result: returns the last one, or throws the first failure once all are read.
    func run(
        timeout: Duration?,
        _ send: (LibPQSession) throws(PostgresError) -> Void
    ) async throws(PostgresError) -> QueryResult? {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        try await self.takeTurn(until: deadline)
        defer {
            self.endTurn()
        }
        do throws(PostgresError) {
            try send(self.session)
            try await self.flush(until: deadline)
            return try await self.results(until: deadline)
        } catch .timedOut {
            _ = self.lose("closed, since a query was late")
            throw .timedOut
        } catch .cancelled {
            _ = self.lose("closed, since a query was cancelled")
            throw .cancelled
        } catch .connectionLost(let reason) {
            throw self.lose(reason)
        }
    }

    func flush(until deadline: ContinuousClock.Instant?) async throws(PostgresError) {
        while true {
            switch try self.session.flush() {
            case .done:
                return
            case .failed:
                throw .connectionLost(try self.session.lossReason)
            case .pending:
                // Reading too: a server that is full of answers takes nothing more (libpq manual, PQflush).
                let ready = try await self.wait(for: POLLIN | POLLOUT, until: deadline)
                if ready & Int16(POLLIN) != 0 {
                    try self.consumeInput()
                }
            }
        }
    }

    private func results(until deadline: ContinuousClock.Instant?) async throws(PostgresError) -> QueryResult? {
        var last: QueryResult?
        var failure: PostgresError?
        while let result = try await self.nextResult(until: deadline) {
            switch result.verdict {
            case .succeeded: last = result
            case .failed(let error): failure = failure ?? error
            case .fatal(let message): throw .connectionLost(message)
            case .copy: throw .connectionLost("COPY was asked for by a plain query")
            }
        }
        if let failure {
            throw failure
        }
        return last
    }

    func nextResult(until deadline: ContinuousClock.Instant?) async throws(PostgresError) -> QueryResult? {
        while try self.session.isBusy {
            _ = try await self.wait(for: POLLIN, until: deadline)
            try self.consumeInput()
        }
        return try self.session.nextResult()
    }

    private func nextNotifications(
        until deadline: ContinuousClock.Instant?
    ) async throws(PostgresError) -> [Notification] {
        do throws(PostgresError) {
            while true {
                let taken = try self.session.takeNotifications()
                guard taken.isEmpty else {
                    return taken
                }
                _ = try await self.wait(for: POLLIN, until: deadline)
                try self.consumeInput()
            }
        } catch .connectionLost(let reason) {
            throw self.lose(reason)
        }
    }

    func consumeInput() throws(PostgresError) {
        let session = try self.session
        guard session.consumeInput() else {
            throw .connectionLost(session.lossReason)
        }
    }

    func wait(
        for events: Int32,
        until deadline: ContinuousClock.Instant?
    ) async throws(PostgresError) -> Int16 {
        let socket = try self.session.socket
        let id = self.thread.makeWaitID()
        let wait = Wait(id: id, socket: socket, events: Int16(events), deadline: deadline)
        return try self.readiness(await self.thread.wait(for: wait))
    }

    private func readiness(_ outcome: WaitOutcome) throws(PostgresError) -> Int16 {
        switch outcome {
        case .ready(let events): return events
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        case .closed: throw .connectionLost(self.lossReason ?? "its thread was stopped")
        }
    }
}

extension Connection {
    func takeTurn(until deadline: ContinuousClock.Instant?) async throws(PostgresError) {
        guard !Task.isCancelled else {
            throw .cancelled
        }
        let id = self.thread.makeWaitID()
        switch self.turns.asked(id) {
        case .granted: return
        case .refused: throw .busy
        case .queued: break
        }
        // Granted by endTurn alone, which ends this wait as ready.
        let outcome = await self.thread.wait(for: Wait(id: id, socket: -1, events: 0, deadline: deadline))
        guard case .ready = outcome else {
            self.turns.gaveUp(id)
            _ = try self.readiness(outcome)
            return
        }
    }

    /// Passes the turn on to the first that still waits: one whose wait is over has not had time to say so.
    func endTurn() {
        while let next = self.turns.ended() {
            if self.thread.end(next, .ready(events: 0)) {
                return
            }
        }
    }

    var session: LibPQSession {
        get throws(PostgresError) {
            switch self.state {
            case .open(let session): return session
            case .lost(let reason): throw .connectionLost(reason)
            }
        }
    }

    private var lossReason: String? {
        guard case .lost(let reason) = self.state else {
            return nil
        }
        return reason
    }

    /// Closes the session, unless that was done, and says why every call fails from now on.
    func lose(_ reason: String) -> PostgresError {
        switch self.state {
        case .open(let session):
            self.state = .lost(reason: reason)
            // Before the descriptor is closed: its number may belong to another socket right after.
            self.thread.endWaits(on: session.socket)
            return .connectionLost(reason)
        case .lost(let first):
            return .connectionLost(first)
        }
    }

    static func checkNoNUL(_ texts: [String?]) throws(PostgresError) {
        guard !texts.contains(where: { $0?.utf8.contains(0) ?? false }) else {
            throw .refused("PostgreSQL's texts can't hold a NUL character")
        }
    }
}
