import Postgres
import Runs
import Synchronization

/// Reads `runs` on one connection, one statement at a time: so a later read never sees an older state.
struct TableLook: Sendable {
    /// How many rows or ids go at once.
    static let pieceSize = 2000

    let connection: Connection
    let table: RunsTable
    private let sink: any FeedSink
    private let horizon: LookHorizon?
    /// The xmin of the last look's snapshot: what is below it had ended then.
    private var since: TransactionID?
    private var slowest = Duration.zero

    /// The horizon is told how far into the log each look has seen, before the sink gets any of it.
    init(connection: Connection, table: RunsTable, sink: any FeedSink, horizon: LookHorizon? = nil) {
        self.connection = connection
        self.table = table
        self.sink = sink
        self.horizon = horizon
    }

    /// After which a statement's server is taken for gone: on a large table a single one may have to read all of it.
    private var patience: Duration { max(.seconds(10), self.slowest * 4) }

    /// Notes how long a look took.
    mutating func took(_ cost: Duration) {
        self.slowest = max(self.slowest, cost)
    }

    /// Tells the whole table, of one moment.
    mutating func compare() async throws(FeedError) {
        try await self.put(.sweepBegan)
        try await self.scan(self.table.selectAll)
        try await self.put(.sweepEnded)
    }

    /// Tells the whole table in the transaction that is open, and ends that; what is newer takes the place of what the
    /// snapshot has of the same runs.
    func compareInSnapshot(except newer: NewerRuns) async throws(FeedError) {
        var newer = newer
        try await self.put(.sweepBegan)
        try await self.execute("DECLARE brain_look NO SCROLL CURSOR FOR \(self.table.selectAll)")
        try await self.fetchAll { rows in rows.compactMap { newer.replaced($0) } }
        let rest = newer.rest
        if !rest.isEmpty {
            try await self.put(.rows(rest))
        }
        try await self.put(.sweepEnded)
    }

    /// Tells every row that was written since the last look, and some that weren't.
    ///
    /// Removed rows it can't see.
    mutating func sweep() async throws(FeedError) {
        guard let since else {
            return try await self.compare()
        }
        let found = try await self.query(self.table.sweep(since: since, limit: Self.pieceSize + 1))
        guard found.count <= Self.pieceSize else {
            return try await self.scan(self.table.selectWritten(since: since))
        }
        try await self.noteHorizon()
        try await self.put(rows: found, from: 1)
        self.since = TransactionID(found[0, 0])
    }

    /// Tells the rows of some ids, in their order, and which of them have none.
    func look(at ids: [String]) async throws(FeedError) {
        let found = try await self.query(self.table.selectByIDs, [RunsTable.arrayLiteral(ids)])
        var rows: [ExactText: RunRow] = [:]
        for row in 0..<found.count {
            if let row = RunRow(found, row: row, from: 0) {
                rows[ExactText(row.id)] = row
            }
        }
        let present = ids.compactMap { rows[ExactText($0)] }
        if !present.isEmpty {
            try await self.put(.rows(present))
        }
        let gone = ids.filter { rows[ExactText($0)] == nil }
        if !gone.isEmpty {
            try await self.put(.gone(gone))
        }
    }

    func query(_ statement: String, _ parameters: [String?] = []) async throws(FeedError) -> Rows {
        do {
            return try await self.connection.query(statement, parameters, timeout: self.patience)
        } catch {
            throw FeedError(error)
        }
    }

    func execute(_ script: String) async throws(FeedError) {
        do {
            try await self.connection.execute(script, timeout: self.patience)
        } catch {
            throw FeedError(error)
        }
    }

    /// Tells what a statement selects by a cursor, of one snapshot, and remembers its xmin.
    private mutating func scan(_ statement: String) async throws(FeedError) {
        try await self.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; DECLARE brain_look NO SCROLL CURSOR FOR \(statement)"
        )
        let snapshot = try await self.query("SELECT \(RunsTable.snapshotXmin)")
        try await self.noteHorizon()
        try await self.fetchAll { $0 }
        self.since = TransactionID(snapshot[0, 0])
    }

    /// Reads the cursor to its end, and ends the transaction.
    private func fetchAll(_ told: ([RunRow]) -> [RunRow]) async throws(FeedError) {
        var piece = try await self.nextPiece()
        while piece.count > 0 {
            // The server reads on while this side takes in what it has.
            async let next = self.nextPiece()
            let rows = told((0..<piece.count).compactMap { RunRow(piece, row: $0, from: 0) })
            if !rows.isEmpty {
                try await self.put(.rows(rows))
            }
            do {
                piece = try await next
            } catch {
                throw error as? FeedError ?? .lost(String(describing: error))
            }
        }
        try await self.execute("COMMIT")
    }

    private func nextPiece() async throws(FeedError) -> Rows {
        try await self.query("FETCH \(Self.pieceSize) FROM brain_look")
    }

    /// Whatever the look has seen stands in the log before this: a commit is written there before it can be seen.
    private func noteHorizon() async throws(FeedError) {
        if let horizon = self.horizon {
            horizon.passed(LogPosition(try await self.query("SELECT pg_catalog.pg_current_wal_insert_lsn()")[0, 0]))
        }
    }

    private func put(rows: Rows, from column: Int) async throws(FeedError) {
        let rows = (0..<rows.count).compactMap { RunRow(rows, row: $0, from: column) }
        if !rows.isEmpty {
            try await self.put(.rows(rows))
        }
    }

    private func put(_ event: FeedEvent) async throws(FeedError) {
        do {
            try await self.sink.put(event)
        } catch {
            throw .cancelled
        }
    }
}

/// How far into the log the looks of a capture have seen.
final class LookHorizon: Sendable {
    private let furthest = Mutex(LogPosition.none)

    /// The position before which everything stands that was told.
    var position: LogPosition { self.furthest.withLock { $0 } }

    func passed(_ position: LogPosition?) {
        self.furthest.withLock { $0 = max($0, position ?? .none) }
    }
}

extension RunRow {
    /// A row of ``RunsTable/selectList``; nil without an id, which names no run.
    init?(_ rows: Rows, row: Int, from column: Int) {
        guard let id = rows[row, column] else {
            return nil
        }
        self.init(
            id: id,
            status: rows[row, column + 1],
            progress: rows[row, column + 2],
            taskID: rows[row, column + 3],
            agent: rows[row, column + 4],
            startedAt: rows[row, column + 5],
            completedAt: rows[row, column + 6],
            error: rows[row, column + 7]
        )
    }
}
