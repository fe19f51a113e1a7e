import CLibPQ
import Glibc

/// The way to a connected session, on the thread that the connection will live on.
actor ConnectionAttempt {
    private let thread: PollThread

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.asUnownedSerialExecutor()
    }

    init(on thread: PollThread) {
        self.thread = thread
    }

    func connect(
        to target: ConnectionTarget,
        until deadline: ContinuousClock.Instant
    ) async throws(PostgresError) -> (session: LibPQSession, backendPID: Int32, serverVersion: Int32) {
        let session = try LibPQSession(target)
        // As if PQconnectPoll had asked for it (libpq manual, PQconnectStartParams).
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            let events = Int16(status == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            try await self.wait(for: session.socket, events, until: deadline)
            status = try session.pollConnect()
        }
        try session.becomeReady()
        return (session, session.backendPID, session.serverVersion)
    }

    private func wait(
        for socket: Int32,
        _ events: Int16,
        until deadline: ContinuousClock.Instant
    ) async throws(PostgresError) {
        let wait = Wait(id: self.thread.makeWaitID(), socket: socket, events: events, deadline: deadline)
        switch await self.thread.wait(for: wait) {
        case .ready: return
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        case .closed: throw .connectionLost("its thread was stopped")
        }
    }
}
