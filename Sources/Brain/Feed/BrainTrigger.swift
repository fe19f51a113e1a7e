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
    /// - Whether a Brain listens is asked first of all: where none does, that is what a writer pays.
    /// - The comparison stands in the body, not in WHEN, which would refuse DROP COLUMN and ALTER TYPE.
    /// - It compares texts, as Brain reads them. Every function and operator is named with its schema, so that no other of
    ///   a user's is called: `SET search_path` would do the same, and costs more than all the rest.
    /// - With the queue over a half nothing is sent: full, it would fail the writer's COMMIT. Brain looks then.
    /// - LOG, never WARNING: a writer's client sees nothing.
    package var function: String {
        """
        CREATE OR REPLACE FUNCTION brain.run_changed() RETURNS trigger LANGUAGE plpgsql AS $brain$
        DECLARE
            new_id pg_catalog.text;
            old_id pg_catalog.text;
        BEGIN
            BEGIN
                IF pg_catalog.pg_try_advisory_xact_lock_shared(\(Self.lockKey)) THEN
                    RETURN NULL;
                END IF;
                IF pg_catalog.pg_notification_queue_usage() OPERATOR(pg_catalog.>) 0.5 THEN
                    RETURN NULL;
                END IF;
                IF TG_OP OPERATOR(pg_catalog.=) 'TRUNCATE' THEN
                    PERFORM pg_catalog.pg_notify('\(Self.channel)', '*');
                    RETURN NULL;
                END IF;
                IF TG_OP OPERATOR(pg_catalog.=) 'UPDATE' THEN
                    IF NOT (\(self.difference)) THEN
                        RETURN NULL;
                    END IF;
                END IF;
                IF TG_OP OPERATOR(pg_catalog.<>) 'DELETE' THEN
                    new_id := pg_catalog.to_json(NEW.id::pg_catalog.text)::pg_catalog.text;
                END IF;
                IF TG_OP OPERATOR(pg_catalog.<>) 'INSERT' THEN
                    old_id := pg_catalog.to_json(OLD.id::pg_catalog.text)::pg_catalog.text;
                END IF;
                IF new_id OPERATOR(pg_catalog.=) old_id THEN
                    old_id := NULL;
                END IF;
                new_id := pg_catalog.concat_ws(',', new_id, old_id);
                IF pg_catalog.octet_length(new_id) OPERATOR(pg_catalog.>) 7900 THEN
                    PERFORM pg_catalog.pg_notify('\(Self.channel)', '*');
                ELSE
                    PERFORM pg_catalog.pg_notify('\(Self.channel)', pg_catalog.concat('[', new_id, ']'));
                END IF;
            EXCEPTION WHEN OTHERS THEN
                BEGIN
                    IF NOT pg_catalog.pg_try_advisory_xact_lock_shared(\(Self.lockKey)) THEN
                        PERFORM pg_catalog.pg_notify('\(Self.channel)', '*');
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    NULL;
                END;
                RAISE LOG 'brain: a change of % is told as a change of anything: %', TG_RELID::pg_catalog.regclass, SQLERRM;
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
            let differ = "OLD.\(name)::pg_catalog.text OPERATOR(pg_catalog.<>) NEW.\(name)::pg_catalog.text"
            // NULL where either is NULL: then they differ unless both are.
            return "COALESCE(\(differ), (OLD.\(name) IS NULL) OPERATOR(pg_catalog.<>) (NEW.\(name) IS NULL))"
        }.joined(separator: "\n            OR ")
    }

    /// FNV-1a, 64 bits: tells versions apart, nothing more.
    private static func digest(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
