import Testing

@testable import Brain

struct FeedMigrationScriptTests {
    private func table(isPublishable: Bool, columns: [RunsTable.Field: RunsTable.Column]) -> RunsTable {
        RunsTable(
            oid: "1",
            name: #""odd ""schema""".runs"#,
            isPartitioned: false,
            isPublishable: isPublishable,
            isIDInReplicaIdentity: true,
            partitionFiles: "",
            hidesRows: false,
            columns: columns,
            hasUpdatedAt: false
        )
    }

    private let columns: [RunsTable.Field: RunsTable.Column] = [
        .id: .init(name: "id", type: "uuid", hasDefault: false),
        .status: .init(name: "status", type: "text", hasDefault: false),
        .error: .init(name: "error_message", type: "text", hasDefault: false),
    ]

    @Test func `makes a table only where there is none`() {
        #expect(Migration.script(table: nil).first?.hasPrefix("CREATE TABLE runs (") == true)
        let adopted = Migration.script(table: self.table(isPublishable: true, columns: self.columns))
        #expect(!adopted.contains { $0.contains("CREATE TABLE") || $0.contains("ALTER TABLE") })
    }

    @Test func `puts in no publication that would refuse UPDATE, and never one of all tables`() {
        let without = Migration.script(table: self.table(isPublishable: false, columns: self.columns))
        #expect(!without.contains { $0.contains("PUBLICATION") })
        let with = Migration.script(table: self.table(isPublishable: true, columns: self.columns))
        #expect(with.filter { $0.contains("PUBLICATION") && $0.contains("FOR TABLE \"odd") }.count == 1)
        #expect(!with.contains { $0.contains("ALL TABLES") })
    }

    @Test func `removes everything but the table`() {
        let script = Migration.removal(table: self.table(isPublishable: true, columns: self.columns))
        #expect(!script.contains { $0.contains("DROP TABLE") })
        #expect(script.filter { $0.hasPrefix("DROP TRIGGER IF EXISTS brain_") }.count == 2)
    }

    @Test func `has another signature for other columns`() {
        var fewer = self.columns
        fewer[.error] = nil
        let one = BrainTrigger(self.table(isPublishable: true, columns: self.columns))
        let other = BrainTrigger(self.table(isPublishable: true, columns: fewer))
        #expect(one.signature != other.signature)
        #expect(one.signature == BrainTrigger(self.table(isPublishable: false, columns: self.columns)).signature)
    }

    @Test func `reads NULL for a column that isn't there, and casts the parameter, not the column`() {
        let table = self.table(isPublishable: true, columns: self.columns)
        #expect(table.selectList.hasPrefix(#""id"::text, "status"::text, NULL::text, NULL::text"#))
        #expect(table.selectList.hasSuffix(#"pg_catalog.left("error_message"::text, 65537)"#))
        #expect(table.selectByIDs.hasSuffix(#"WHERE "id" = ANY($1::uuid[])"#))
    }

    @Test func `writes any text into an array literal`() {
        #expect(RunsTable.arrayLiteral([#"a"b\c"#, "", "{,}", "NULL"]) == #"{"a\"b\\c","","{,}","NULL"}"#)
        #expect(RunsTable.arrayLiteral([]) == "{}")
    }

    @Test(arguments: ["", "-1", "4294967296", "1; DROP TABLE runs", nil])
    func `takes only a number for a transaction`(_ text: String?) {
        #expect(TransactionID(text) == nil)
        #expect(TransactionID("4294967295")?.description == "4294967295")
    }
}
