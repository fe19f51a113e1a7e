extension RunsTable {
    /// The table that Brain makes where there is none (contract §6).
    ///
    /// The space left in each page lets an update of the status or the progress stay in it (HOT).
    package static let definition = """
        CREATE TABLE runs (
            id text PRIMARY KEY,
            status text NOT NULL DEFAULT 'queued',
            progress numeric,
            task_id text,
            agent text,
            started_at timestamptz,
            completed_at timestamptz,
            error text,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 80)
        """

    /// The description of that table before it is there.
    package static let own = RunsTable(
        oid: "",
        name: "runs",
        isPartitioned: false,
        isPublishable: true,
        isIDInReplicaIdentity: true,
        partitionFiles: "",
        hidesRows: false,
        // Safety: no case comes twice.
        columns: Dictionary(uniqueKeysWithValues: Field.allCases.map { ($0, $0.ownColumn) }),
        hasUpdatedAt: true
    )
}

extension RunsTable.Field {
    fileprivate var ownColumn: RunsTable.Column {
        switch self {
        case .progress: .init(name: self.rawValue, type: "numeric", hasDefault: false, typeOID: 1700)
        case .startedAt, .completedAt:
            .init(name: self.rawValue, type: "timestamp with time zone", hasDefault: false, typeOID: 1184)
        default: .init(name: self.rawValue, type: "text", hasDefault: self == .status, typeOID: 25)
        }
    }
}
