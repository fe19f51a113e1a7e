import Brain
import Postgres
import Synchronization

/// A bare reader of the stream that Brain reads by `wal`: libpq on a thread of its own, and nothing behind it.
struct LibpqListener: ChangeListener {
    private let reader: BareReader

    static let maker: ListenerMaker = { site in
        let thread = try PollThread(name: "bench-reader")
        var target = site.target
        target.overrides["replication"] = "database"
        let connection = try await Connection.open(target, on: thread, timeout: .seconds(20))
        let slot = "bench_\(connection.backendPID)"
        _ = try await connection.simpleQuery(
            "CREATE_REPLICATION_SLOT \(slot) TEMPORARY LOGICAL pgoutput NOEXPORT_SNAPSHOT"
        )
        let options = "proto_version '1', publication_names 'brain_runs'"
        try await connection.startReplication(
            "START_REPLICATION SLOT \(slot) LOGICAL 0/0 (\(options))",
            timeout: .seconds(20)
        )
        return LibpqListener(reader: BareReader(connection, on: thread))
    }

    func expect(_ progress: Int) {
        self.reader.wanted.withLock { $0 = "\(progress)" }
    }

    func receipt() async throws -> ContinuousClock.Instant {
        try await self.reader.receipt()
    }

    func end() async {
        await self.reader.end()
    }
}

/// Reads on the connection's own thread, so that no hop is measured.
private actor BareReader {
    nonisolated let wanted = Mutex("")
    private let connection: Connection
    private let thread: PollThread

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        self.thread.asUnownedSerialExecutor()
    }

    init(_ connection: Connection, on thread: PollThread) {
        (self.connection, self.thread) = (connection, thread)
    }

    func receipt() async throws -> ContinuousClock.Instant {
        let text = PgOutputValue.text(self.wanted.withLock { $0 })
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            let messages = try await self.connection.replicationMessages(until: deadline)
            let now = ContinuousClock.now
            if messages.contains(where: { Self.tells($0, text) }) {
                return now
            }
        }
        throw BenchError.late("a change")
    }

    func end() async {
        await self.connection.close()
        self.thread.stop()
    }

    private static func tells(_ message: ReplicationMessage, _ value: PgOutputValue) -> Bool {
        guard case .data(.update(_, _, let new)) = message else { return false }
        return (0..<new.count).contains { new.value(at: $0) == value }
    }
}
