/// Why changes can't be read from the write-ahead log.
package enum WalObstacle: Sendable, Equatable {
    /// `wal_level` is lower than logical.
    case level(String)
    /// Brain's role may not replicate.
    case role(String)
    /// The server allows no slot, or no walsender.
    case noPlaces
    /// `brain migrate` wasn't run, or couldn't make it.
    case publicationMissing
    /// It is not for this table, not for all of its changes, or leaves rows or columns out.
    case publicationOutdated
    /// A publication would make UPDATE and DELETE fail, now or in a partition or child to come.
    case noReplicaIdentity
    /// A removed row would be told without its id.
    case idNotInReplicaIdentity
    /// Row security hides rows from Brain's role that the stream would tell.
    case rowSecurity
    /// A column that serves isn't streamed.
    case columnGenerated(String)
    /// A column's text in the stream is another than in a query.
    case columnForm(String, type: String)
    /// Brain would count as a synchronous standby, so that commits would wait for it.
    case synchronousStandby(names: String)
    /// The server turned the replication connection, the slot or the stream down.
    case refused(String)
    /// It did so a short while ago.
    case leftAlone
}

extension WalObstacle: CustomStringConvertible {
    /// One line, with the remedy.
    package var description: String {
        switch self {
        case .level(let level): "wal_level is \(level): set wal_level = logical and restart PostgreSQL"
        case .role(let role): "the role \(role) may not replicate: ALTER ROLE \(role) REPLICATION"
        case .noPlaces: "max_replication_slots or max_wal_senders is 0: set both to 4 or more and restart PostgreSQL"
        case .publicationMissing:
            "the publication brain_runs isn't there: `brain migrate`, run as the owner of runs, makes it"
        case .publicationOutdated: "the publication brain_runs doesn't fit the table: `brain migrate` renews it"
        case .noReplicaIdentity:
            "runs has no usable replica identity (it has no primary key, is unlogged, or has children by inheritance): "
                + "ALTER TABLE runs ADD PRIMARY KEY (id), then `brain migrate`"
        case .idNotInReplicaIdentity:
            "id is not in the replica identity of runs: ALTER TABLE runs REPLICA IDENTITY FULL, or USING INDEX one with it"
        case .rowSecurity: "row security hides rows of runs from Brain's role: ALTER ROLE … BYPASSRLS, or poll"
        case .columnGenerated(let column): "the column \(column) is generated, and such aren't published"
        case .columnForm(let column, let type): "values of the column \(column) (\(type)) are streamed as another text"
        case .synchronousStandby(let names):
            "synchronous_standby_names = '\(names)' would make commits wait for Brain: leave its application_name out of it"
        case .refused(let text): text
        case .leftAlone: "the server turned it down a while ago; it is tried again in some minutes"
        }
    }
}
