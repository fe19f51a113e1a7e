import Postgres

/// What a database has for capturing from its write-ahead log, as it is now.
struct WalReadiness: Sendable, Equatable {
    /// The first thing that is in the way; nil where nothing is known to be.
    let obstacle: WalObstacle?
    /// Tells a publication from one that was made anew, or that the table was taken from and put back: what committed in
    /// between isn't in the stream.
    let publication: String
}

extension WalReadiness {
    /// Asks for the settings, the rights and the publication; the table is taken as it was read.
    static func read(of table: RunsTable, on connection: Connection) async throws(FeedError) -> WalReadiness {
        do {
            let settings = try await connection.query(Self.settingsQuery, [], timeout: Self.timeout)
            let query = Self.publicationQuery(version: connection.serverVersion)
            let publication = try await connection.query(query, [table.oid], timeout: Self.timeout)
            let obstacle =
                Self.obstacle(settings) ?? Self.obstacle(table) ?? Self.obstacle(publication: publication)
                ?? Self.standby(settings)
            return WalReadiness(obstacle: obstacle, publication: publication[0, 0] ?? "")
        } catch {
            throw FeedError(error)
        }
    }

    /// Whether commits would wait for Brain as things are: cheap, to be asked again and again.
    static func standby(on connection: Connection) async throws(FeedError) -> WalObstacle? {
        do {
            return Self.standby(try await connection.query(Self.settingsQuery, [], timeout: Self.timeout))
        } catch {
            throw FeedError(error)
        }
    }

    /// A server that takes longer is taken for gone.
    private static let timeout = Duration.seconds(5)

    private static func obstacle(_ settings: Rows) -> WalObstacle? {
        guard settings[0, 0] == "logical" else {
            return .level(settings[0, 0] ?? "")
        }
        guard settings[0, 2] == "t" else {
            return .role(settings[0, 1] ?? "")
        }
        return settings[0, 3] == "t" ? nil : .noPlaces
    }

    private static func standby(_ settings: Rows) -> WalObstacle? {
        let names = settings[0, 4] ?? ""
        return SynchronousStandbyNames(names).match(settings[0, 5] ?? "") ? .synchronousStandby(names: names) : nil
    }

    private static func obstacle(_ table: RunsTable) -> WalObstacle? {
        guard table.isPublishable else {
            return .noReplicaIdentity
        }
        guard table.isIDInReplicaIdentity else {
            return .idNotInReplicaIdentity
        }
        guard !table.hidesRows else {
            return .rowSecurity
        }
        for field in RunsTable.Field.allCases {
            switch table.columns[field]?.streamedForm {
            case .generated: return .columnGenerated(table.columns[field]?.name ?? "")
            case .other:
                return .columnForm(table.columns[field]?.name ?? "", type: table.columns[field]?.type ?? "")
            case nil, .plain, .padded, .boolean: continue
            }
        }
        return nil
    }

    private static func obstacle(publication: Rows) -> WalObstacle? {
        guard publication.count > 0 else {
            return .publicationMissing
        }
        return publication[0, 1] == "t" ? nil : .publicationOutdated
    }

    private static let settingsQuery = """
        SELECT pg_catalog.current_setting('wal_level'), session_user,
            (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user),
            pg_catalog.current_setting('max_replication_slots')::int > 0
                AND pg_catalog.current_setting('max_wal_senders')::int > 0,
            pg_catalog.current_setting('synchronous_standby_names'),
            pg_catalog.current_setting('application_name')
        """

    private static func publicationQuery(version: Int32) -> String {
        """
        SELECT pg_catalog.concat_ws('/', p.oid, r.oid), r.oid IS NOT NULL AND \(Self.isWhole(version))
        FROM pg_catalog.pg_publication p LEFT JOIN pg_catalog.pg_publication_rel r
            ON r.prpubid = p.oid AND r.prrelid = $1::pg_catalog.oid
        WHERE p.pubname = '\(Migration.publication)'
        """
    }

    /// Whether a publication `p` tells all changes of a table `r`, as SQL: row filters and column lists came with
    /// PostgreSQL 15.
    static func isWhole(_ version: Int32) -> String {
        "p.pubviaroot AND p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate"
            + (version >= 150_000 ? " AND r.prqual IS NULL AND r.prattrs IS NULL" : "")
    }
}
