package import Postgres
import Runs

extension RunsTable {
    /// Reads which `runs` the connection's search path means, and tries whether it can be read.
    ///
    /// - Parameters:
    ///   - connection: a session of ``FeedSession``.
    ///   - timeout: for each of its three statements.
    /// - Returns: the table; it holds until somebody alters it.
    /// - Throws: `table` where it doesn't serve, else what befell the connection.
    package static func read(
        on connection: Connection,
        timeout: Duration = .seconds(10)
    ) async throws(FeedError) -> RunsTable {
        do {
            let found = try await connection.query(Self.catalogQuery, [], timeout: timeout)
            let oid = try Self.checkedOID(found)
            let columns = try await connection.query(Self.columnsQuery, [oid], timeout: timeout)
            let table = try RunsTable(oid: oid, catalog: found, columns: columns)
            _ = try await connection.query("\(table.selectAll) LIMIT 0", [], timeout: timeout)
            return table
        } catch let error as RunsTableError {
            throw .table(error)
        } catch let error as PostgresError {
            throw FeedError(error)
        } catch {
            throw .lost(String(describing: error))
        }
    }

    private static func checkedOID(_ found: Rows) throws(RunsTableError) -> String {
        guard let oid = found[0, 0], let kind = found[0, 2] else {
            throw .tableMissing
        }
        guard kind != "r", kind != "p" else {
            return oid
        }
        throw .notATable(kind: Self.kindNames[kind] ?? "thing of kind \(kind)")
    }

    private init(oid: String, catalog: Rows, columns: Rows) throws(RunsTableError) {
        var found: [String: Column] = [:]
        var times: Set<String> = []
        for row in 0..<columns.count {
            guard let name = columns[row, 0], let type = columns[row, 1] else {
                continue
            }
            found[name] = Column(
                name: name,
                type: type,
                hasDefault: columns[row, 2] == "t",
                typeOID: columns[row, 4].flatMap { UInt32($0) } ?? 0,
                streamedForm: columns[row, 5].flatMap { StreamedForm(rawValue: $0) } ?? .other
            )
            if columns[row, 3] == "D" {
                times.insert(name)
            }
        }
        self.oid = oid
        self.name = "\(Self.quoted(catalog[0, 1] ?? "")).\"runs\""
        self.isPartitioned = catalog[0, 2] == "p"
        self.isPublishable = catalog[0, 3] == "t"
        self.isIDInReplicaIdentity = catalog[0, 4] == "t"
        self.partitionFiles = catalog[0, 5] ?? ""
        self.hidesRows = catalog[0, 6] == "t"
        self.columns = Self.serving(found)
        self.hasUpdatedAt = times.contains("updated_at")
        for field in [Field.id, .status] where self.columns[field] == nil {
            throw .columnMissing(field.rawValue)
        }
    }

    private static func serving(_ found: [String: Column]) -> [Field: Column] {
        var columns: [Field: Column] = [:]
        for field in Field.allCases {
            columns[field] = field.candidates.lazy.compactMap { found[$0] }.first
        }
        return columns
    }

    private static let kindNames = [
        "v": "view", "m": "materialized view", "f": "foreign table", "S": "sequence", "c": "composite type",
        "i": "index",
    ]

    /// The table, and what its replica identity is good for.
    ///
    /// A publication lets UPDATEs pass with `REPLICA IDENTITY` FULL, or an index that serves, which a deferrable one
    /// doesn't; in each partition too, and in those to come, which get a primary key from the root and nothing else. A
    /// child by inheritance gets none, and would be published with the table. Removed rows are streamed with the index's
    /// keys.
    private static let catalogQuery = """
        SELECT c.oid::text, n.nspname, c.relkind::text, r.is_there AND r.is_logged AND CASE c.relkind
                WHEN 'p' THEN EXISTS (SELECT FROM pg_catalog.pg_index WHERE indrelid = c.oid AND indisprimary)
                ELSE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = c.oid) END, r.has_id,
            CASE c.relkind WHEN 'p' THEN (
                SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', p.relid::pg_catalog.oid,
                    pg_catalog.pg_relation_filenode(p.relid)), ',' ORDER BY p.relid)
                FROM pg_catalog.pg_partition_tree(c.oid) p) END,
            pg_catalog.row_security_active(c.oid)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL (
            SELECT pg_catalog.bool_and(t.relreplident = 'f' OR i.indexrelid IS NOT NULL) AS is_there,
                pg_catalog.bool_and(t.relpersistence = 'p') AS is_logged,
                pg_catalog.bool_and(t.relreplident = 'f' OR EXISTS (
                    SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'id'
                        AND a.attnum = ANY ((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1]))) AS has_id
            FROM pg_catalog.pg_class t LEFT JOIN pg_catalog.pg_index i
                ON i.indrelid = t.oid AND i.indisvalid AND i.indimmediate AND CASE t.relreplident
                    WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END
            WHERE t.oid = c.oid OR t.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(c.oid))) r
        WHERE c.oid = pg_catalog.to_regclass('runs')
        """

    /// The columns; last what ``StreamedForm`` each has: a domain is cast as the type below it.
    private static let columnsQuery = """
        SELECT a.attname, pg_catalog.format_type(a.atttypid, -1), a.atthasdef OR a.attidentity <> '',
            t.typcategory::text, a.atttypid::text, CASE
                WHEN a.attgenerated <> '' THEN 'generated'
                WHEN b.typtype = 'd' THEN 'other'
                WHEN b.oid = 'pg_catalog.bpchar'::pg_catalog.regtype THEN 'padded'
                WHEN b.oid = 'pg_catalog.bool'::pg_catalog.regtype THEN 'boolean'
                WHEN b.typname NOT IN ('name', 'char') AND EXISTS (
                    SELECT FROM pg_catalog.pg_cast k WHERE k.castsource = b.oid AND k.castmethod = 'f'
                        AND k.casttarget = 'pg_catalog.text'::pg_catalog.regtype) THEN 'other'
                ELSE 'plain' END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
        WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
        """
}
