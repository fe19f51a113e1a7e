import Postgres
import Runs

/// Reads `runs` on one connection, one statement at a time: so a later read never sees an older state.
struct TableLook: Sendable {
    /// How many rows or ids go at once.
    static let pieceSize = 2000

    let connection: Connection
    let table: RunsTable
    private let sink: any FeedSink
    /// The xmin of the last look's snapshot: what is below it had ended then.
    private var since: TransactionID?

    init(connection: Connection, table: RunsTable, sink: any FeedSink) {
        self.connection = connection
        self.table = table
        self.sink = sink
    }

    /// Tells the whole table, of one moment.
    mutating func compare() async throws(FeedError) {
        try await self.put(.sweepBegan)
        try await self.scan(self.table.selectAll)
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
            return try await self.connection.query(statement, parameters, timeout: .seconds(60))
        } catch {
            throw FeedError(error)
        }
    }

    func execute(_ script: String) async throws(FeedError) {
        do {
            try await self.connection.execute(script, timeout: .seconds(60))
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
        while true {
            let piece = try await self.query("FETCH \(Self.pieceSize) FROM brain_look")
            try await self.put(rows: piece, from: 0)
            if piece.count < Self.pieceSize {
                break
            }
        }
        try await self.execute("COMMIT")
        self.since = TransactionID(snapshot[0, 0])
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
