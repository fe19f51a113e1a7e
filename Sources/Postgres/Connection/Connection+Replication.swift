import Glibc

// A connection that streams: one opened with the keyword `replication=database`.
extension Connection {
    /// How many messages one call returns at most, so that a reader gets to its other duties in a flood.
    package static let longestBatch = 4096
    /// The same in bytes, but for a single message that is larger.
    private static let largestBatch = 4 << 20

    /// Runs one statement without parameters by the simple protocol: the only one that a replication connection takes.
    ///
    /// - Parameters:
    ///   - statement: SQL, or a replication command (PostgreSQL manual, 55.4).
    ///   - timeout: from the call on, the wait for its turn included; nil for no limit.
    /// - Returns: the whole result.
    /// - Throws: as ``query(_:_:timeout:)``.
    package func simpleQuery(_ statement: String, timeout: Duration? = nil) async throws(PostgresError) -> Rows {
        try Self.checkNoNUL([statement])
        let last = try await self.run(timeout: timeout) { session throws(PostgresError) in
            try session.send(script: statement)
        }
        guard let last else {
            throw self.lose("the server ended a query without a result")
        }
        return Rows(last)
    }

    /// Begins to stream; from then on the connection takes nothing but the two calls below, from one task.
    ///
    /// - Parameters:
    ///   - command: `START_REPLICATION …` (PostgreSQL manual, 55.4).
    ///   - timeout: how long the server may take to begin.
    /// - Throws: `server` where it refuses, else `timedOut`, `cancelled` or `connectionLost`; the connection is of no
    ///   more use but after `server`.
    package func startReplication(_ command: String, timeout: Duration) async throws(PostgresError) {
        let deadline = ContinuousClock.now + timeout
        try await self.takeTurn(until: deadline)
        do throws(PostgresError) {
            try self.session.send(script: command)
            try await self.flush(until: deadline)
            // The turn is kept: a query would wait for it for ever.
            guard let failure = try await self.startFailure(until: deadline) else {
                return
            }
            self.endTurn()
            throw failure
        } catch .timedOut {
            throw self.lose("closed, since the stream didn't begin in time")
        } catch .cancelled {
            _ = self.lose("closed, since its start was cancelled")
            throw .cancelled
        }
    }

    /// Waits for messages of the stream.
    ///
    /// - Parameter deadline: how long to wait for the first one; nil for no limit.
    /// - Returns: what has arrived, in order, at most ``longestBatch`` messages or some 4 MiB; none where the time is over.
    /// - Throws: `server` or `connectionLost` where the stream has ended, `malformed` for bytes that nobody knows, after
    ///   which the connection is closed, or `cancelled`, after which the stream can be read on.
    package func replicationMessages(
        until deadline: ContinuousClock.Instant?
    ) async throws(PostgresError) -> [ReplicationMessage] {
        do throws(PostgresError) {
            while true {
                let messages = try await self.arrived(until: deadline)
                guard messages.isEmpty else {
                    return messages
                }
                let unsent = try self.session.flush() == .pending
                _ = try await self.wait(for: unsent ? POLLIN | POLLOUT : POLLIN, until: deadline)
                try self.consumeInput()
            }
        } catch .timedOut {
            return []
        } catch .malformed(let text) {
            _ = self.lose(text)
            throw .malformed(text)
        } catch .connectionLost(let reason) {
            throw self.lose(reason)
        }
    }

    /// Tells the server how far the reader has come.
    ///
    /// It waits for nothing: what the socket doesn't take goes with the next call, and a status that libpq has no room
    /// for is left out, since a later one says more. That the stream is over is for the next reading to say.
    ///
    /// - Throws: `connectionLost` where the connection was closed before.
    package func send(_ status: StandbyStatus) throws(PostgresError) {
        let session = try self.session
        if session.send(copy: status.bytes) {
            _ = session.flush()
        }
    }

    private func arrived(until deadline: ContinuousClock.Instant?) async throws(PostgresError) -> [ReplicationMessage] {
        var messages: [ReplicationMessage] = []
        var bytes = 0
        var isDry = false
        while messages.count < Self.longestBatch, bytes < Self.largestBatch {
            switch try self.session.takeCopy() {
            case .message(let message, let size):
                messages.append(message)
                bytes += size
                isDry = false
            // libpq reads some 32 KiB at once: what else the socket has is wanted, too.
            case .pending where !messages.isEmpty && !isDry:
                try self.consumeInput()
                isDry = true
            case .pending: return messages
            // What came before the end is taken first; the next call meets the end again.
            case .ended where !messages.isEmpty: return messages
            case .ended: throw try await self.streamEnd(until: deadline)
            }
        }
        return messages
    }

    /// Why the stream has ended: the server's error, else that it is over.
    private func streamEnd(until deadline: ContinuousClock.Instant?) async throws(PostgresError) -> PostgresError {
        while let result = try await self.nextResult(until: deadline) {
            switch result.verdict {
            case .failed(let error): return error
            case .fatal(let message): return .connectionLost(message)
            case .succeeded: continue
            // The server is done, and libpq waits for this side to be.
            case .copy: return .connectionLost("the server ended the stream")
            }
        }
        return .connectionLost(try self.session.lossReason)
    }

    private func startFailure(until deadline: ContinuousClock.Instant?) async throws(PostgresError) -> PostgresError? {
        guard let result = try await self.nextResult(until: deadline) else {
            throw .connectionLost("the server ended START_REPLICATION without a result")
        }
        switch result.verdict {
        case .copy: return nil
        case .fatal(let message): throw self.lose(message)
        case .failed(let error):
            while try await self.nextResult(until: deadline) != nil {}
            return error
        case .succeeded: throw self.lose("the server began no stream")
        }
    }
}
