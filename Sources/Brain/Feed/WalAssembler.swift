import Postgres
import Runs

/// Makes the messages of a stream into what each committed transaction did to the runs.
///
/// Pure. Within a transaction a run's last state counts.
struct WalAssembler: Sendable {
    /// A transaction that changes more is taken as a catch-up (contract §4.6).
    static let mostRuns = 100_000
    /// So does one whose rows have more bytes of text.
    private static let mostBytes = 128 << 20

    /// A transaction that is over.
    struct Commit: Sendable, Equatable {
        /// What it did, in order.
        let changes: [RunChange]
        /// Where it ends in the log.
        let end: LogPosition
    }

    private let table: RunsTable
    private let oid: UInt32?
    private var columns: WalColumns?
    private var transaction = ChangeBacklog(.lastStates)

    init(table: RunsTable) {
        self.table = table
        self.oid = UInt32(table.oid)
    }

    /// Takes the next message; a commit completes what came since the last one.
    ///
    /// - Throws: `tableChanged` or `resync` where the table has to be looked at.
    mutating func take(_ message: PgOutputMessage) throws(FeedError) -> Commit? {
        switch message {
        case .begin: self.transaction = ChangeBacklog(.lastStates)
        case .relation(let relation): try self.described(relation)
        case .insert(let relation, let new): try self.changed(relation, from: nil, to: new)
        case .update(let relation, let old, let new): try self.changed(relation, from: old, to: new)
        case .delete(let relation, let old): try self.removed(relation, old)
        case .truncate(let relations): self.truncated(relations)
        case .commit(let end): return Commit(changes: self.transaction.take(.max), end: end)
        case .other: break
        }
        return nil
    }

    /// With `publish_via_partition_root` partitions are described too, and tell no rows.
    private mutating func described(_ relation: PgOutputRelation) throws(FeedError) {
        if relation.oid == self.oid {
            self.columns = try WalColumns(relation, of: self.table)
        }
    }

    private mutating func changed(
        _ relation: UInt32,
        from old: PgOutputTuple?,
        to new: PgOutputTuple
    ) throws(FeedError) {
        let columns = try self.columns(of: relation)
        let oldID = old.flatMap { columns.id($0) }
        guard let id = columns.id(new) ?? oldID else {
            // A row without an id is no run.
            return
        }
        let row = columns.row(new, id: id)
        if let oldID, RunID(oldID) != RunID(id) {
            guard row.unchanged.isEmpty else {
                throw .resync(.partialRow)
            }
            self.transaction.add(.gone(oldID))
        }
        try self.add(.row(row))
    }

    private mutating func removed(_ relation: UInt32, _ old: PgOutputTuple) throws(FeedError) {
        if let id = try self.columns(of: relation).id(old) {
            try self.add(.gone(id))
        }
    }

    private mutating func truncated(_ relations: [UInt32]) {
        if let oid = self.oid, relations.contains(oid) {
            self.transaction.add(.cleared)
        }
    }

    private mutating func add(_ change: RunChange) throws(FeedError) {
        self.transaction.add(change)
        guard self.transaction.count <= Self.mostRuns, self.transaction.bytes <= Self.mostBytes else {
            throw .resync(.largeTransaction)
        }
    }

    /// A row of a table that wasn't described, or of another one, which the publication doesn't have: it was altered.
    private func columns(of relation: UInt32) throws(FeedError) -> WalColumns {
        guard let columns = self.columns, relation == self.oid else {
            throw .tableChanged
        }
        return columns
    }
}
