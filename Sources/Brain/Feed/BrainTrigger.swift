/// The trigger that tells a listening Brain which runs changed, as SQL.
///
/// It never makes a writer's statement fail: whatever goes wrong in it becomes "something changed" (`*`). It sends
/// nothing unless a Brain listens: it tries to share an advisory lock that such a Brain holds for itself. Where it gets
/// the share, no Brain listens, and the share, held to the end of the writer's transaction, keeps one from beginning to
/// rely on notifications before what it changed can be seen.
package struct BrainTrigger: Sendable {
    /// The channel of the notifications: a JSON array of ids, or `*` for "look at everything".
    package static let channel = "brain_runs"

    /// The key of the advisory lock, which counts per database: "brain" in ASCII.
    package static let lockKey: Int64 = 0x62_7261_696E

    /// The triggers' names.
    package static let names = ["brain_row", "brain_truncate"]

    private let table: RunsTable

    /// The trigger for a table's present columns.
    package init(_ table: RunsTable) {
        self.table = table
    }

    /// What the function's comment says when it is the one made here.
    package var signature: String {
        "Brain's change trigger, \(Self.digest(self.function))"
    }

    /// Makes or replaces the function; takes no lock of the table.
    ///
    /// - The comparison stands in the body, not in WHEN, which would refuse DROP COLUMN and ALTER TYPE.
    /// - It compares texts, as Brain reads them, with `search_path` pinned, so that no operator of a user's is called.
    /// - With the queue over a half nothing is sent: full, it would fail the writer's COMMIT. Brain looks then.
    /// - LOG, never WARNING: a writer's client sees nothing.
    package var function: String {
        """
        CREATE OR REPLACE FUNCTION brain.run_changed() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, pg_temp AS $brain$
        DECLARE
            new_id text;
            old_id text;
            ids text;
        BEGIN
            BEGIN
                IF TG_OP = 'UPDATE' THEN
                    IF NOT (\(self.difference)) THEN
                        RETURN NULL;
                    END IF;
                END IF;
                IF pg_try_advisory_xact_lock_shared(\(Self.lockKey)) OR pg_notification_queue_usage() > 0.5 THEN
                    RETURN NULL;
                END IF;
                IF TG_OP = 'INSERT' OR TG_OP = 'UPDATE' THEN
                    new_id := to_json(NEW.id::text)::text;
                END IF;
                IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' THEN
                    old_id := to_json(OLD.id::text)::text;
                END IF;
                ids := concat_ws(',', new_id, CASE WHEN old_id IS DISTINCT FROM new_id THEN old_id END);
                IF TG_OP = 'TRUNCATE' OR octet_length(ids) > 7900 THEN
                    PERFORM pg_notify('\(Self.channel)', '*');
                ELSE
                    PERFORM pg_notify('\(Self.channel)', '[' || ids || ']');
                END IF;
            EXCEPTION WHEN OTHERS THEN
                BEGIN
                    IF NOT pg_try_advisory_xact_lock_shared(\(Self.lockKey)) THEN
                        PERFORM pg_notify('\(Self.channel)', '*');
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
                RAISE LOG 'brain: a change of % is told as a change of anything: %', TG_RELID::regclass, SQLERRM;
            END;
            RETURN NULL;
        END $brain$
        """
    }

    /// Says which function it is.
    package var comment: String {
        "COMMENT ON FUNCTION brain.run_changed() IS '\(self.signature.split(separator: "'").joined(separator: "''"))'"
    }

    /// Makes or replaces the triggers: each takes SHARE ROW EXCLUSIVE on the table, which waits for writers.
    package var triggers: [String] {
        [
            """
            CREATE OR REPLACE TRIGGER brain_row AFTER INSERT OR UPDATE OR DELETE ON \(self.table.name)
            FOR EACH ROW EXECUTE FUNCTION brain.run_changed()
            """,
            """
            CREATE OR REPLACE TRIGGER brain_truncate AFTER TRUNCATE ON \(self.table.name)
            FOR EACH STATEMENT EXECUTE FUNCTION brain.run_changed()
            """,
        ]
    }

    private var difference: String {
        let columns = RunsTable.Field.allCases.compactMap { self.table.columns[$0] }
        return columns.map { column in
            let name = RunsTable.quoted(column.name)
            return "OLD.\(name)::text IS DISTINCT FROM NEW.\(name)::text"
        }.joined(separator: "\n            OR ")
    }

    /// FNV-1a, 64 bits: tells versions apart, nothing more.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
