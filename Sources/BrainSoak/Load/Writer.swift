import Postgres

/// Commits what its script says, at a rate, on a connection of its own, and tells the oracle.
struct Writer: Sendable {
    private let database: SoakDatabase
    private let oracle: SharedOracle
    private let interval: Duration
    private var script: WriterScript
    private var connection: Connection?

    /// What it is behind, after an outage of the database, is left out beyond this.
    private static let longestDebt = Duration.seconds(1)

    /// - Parameters:
    ///   - database: the table is there.
    ///   - script: what it does.
    ///   - rate: changes a second.
    ///   - oracle: is told before and after.
    init(to database: SoakDatabase, by script: WriterScript, rate: Double, oracle: SharedOracle) {
        (self.database, self.script, self.oracle) = (database, script, oracle)
        self.interval = .seconds(1 / max(rate, 0.001))
    }

    /// Writes until it is told that it is over.
    ///
    /// - Parameter isOver: asked before each transaction.
    /// - Throws: where the database doesn't come back, or refuses a statement; else by cancellation alone.
    mutating func run(until isOver: @Sendable () -> Bool) async throws {
        var due = ContinuousClock.now
        while !isOver() {
            let transaction = self.oracle.withLock { oracle in self.script.next { oracle.isRest($0) } }
            try await self.perform(transaction)
            // What is rolled back is no change.
            let changes = transaction.isRolledBack ? 0 : transaction.steps.count
            due = max(due + self.interval * max(1, changes), .now - Self.longestDebt)
            try await Task.sleep(until: due)
        }
        await self.connection?.close()
    }

    private mutating func perform(_ transaction: WriterScript.Transaction) async throws {
        guard !transaction.steps.isEmpty else { return }
        let connection = try await self.connected()
        self.oracle.withLock { $0.willCommit(transaction.steps, now: .now) }
        do {
            try await connection.execute(transaction.sql, timeout: .seconds(30))
            if transaction.isBlock {
                try await connection.execute(transaction.isRolledBack ? "ROLLBACK" : "COMMIT", timeout: .seconds(30))
            }
            self.oracle.withLock { oracle in
                if transaction.isRolledBack {
                    oracle.abandoned(transaction.steps)
                } else {
                    oracle.committed(transaction.steps, now: .now)
                }
            }
        } catch {
            await connection.close()
            self.connection = nil
            try await self.settle(transaction, after: error, of: connection.backendPID)
        }
    }

    /// Nobody knows whether the transaction was committed before its connection broke: the table does, once the backend
    /// is gone that may still be at work on it.
    private mutating func settle(
        _ transaction: WriterScript.Transaction,
        after error: PostgresError,
        of backend: Int32
    ) async throws {
        guard Self.isOutage(error) else { throw error }
        if error == .timedOut { try await self.database.endBackend(backend) }
        let rows = try await self.rows(of: transaction.steps.map(\.id))
        self.oracle.withLock { oracle in
            for step in transaction.steps {
                if rows[step.run] == step { oracle.committed([step], now: .now) } else { oracle.abandoned([step]) }
            }
        }
    }

    private mutating func rows(of ids: [String]) async throws -> [Int: RunStep] {
        while true {
            let connection = try await self.connected()
            do {
                return try await connection.steps(of: ids)
            } catch {
                await connection.close()
                self.connection = nil
                guard Self.isOutage(error) else { throw error }
            }
        }
    }

    private mutating func connected() async throws -> Connection {
        if let connection = self.connection { return connection }
        let connection = try await self.database.connect()
        self.connection = connection
        return connection
    }

    /// Class 57 is the server's own end (57P01 to 57P03), 08 the connection's.
    private static func isOutage(_ error: PostgresError) -> Bool {
        switch error {
        case .unreachable, .connectionLost, .timedOut: true
        case .server(let state, _, _): state.hasPrefix("57") || state.hasPrefix("08")
        default: false
        }
    }
}
