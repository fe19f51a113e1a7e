import Testing

@testable import Postgres

/// Bytes as the manual has them (55.4, 55.9).
struct PgOutputTests {
    private func decoded(_ bytes: [UInt8]) throws(PostgresError) -> ReplicationMessage {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(PostgresError) in try ReplicationMessage(bytes) }
        }
        return try result.get()
    }

    private func plugin(_ body: [UInt8]) throws -> PgOutputMessage? {
        guard case .data(let message) = try self.decoded([UInt8(ascii: "w")] + Array(repeating: 0, count: 24) + body)
        else { return nil }
        return message
    }

    private func tuple(_ values: [PgOutputValue]) -> [UInt8] {
        big(Int16(values.count))
            + values.flatMap { value -> [UInt8] in
                switch value {
                case .null: [UInt8(ascii: "n")]
                case .unchanged: [UInt8(ascii: "u")]
                case .text(let text): [UInt8(ascii: "t")] + big(Int32(text.utf8.count)) + Array(text.utf8)
                }
            }
    }

    @Test func `reads a sign of life`() throws {
        let bytes = [UInt8(ascii: "k")] + big(0x16_B374_D848 as Int64) + big(0 as Int64) + [1]
        let end = try #require(LogPosition("16/B374D848"))
        #expect(try self.decoded(bytes) == .keepalive(end: end, wantsReply: true))
        #expect(end.description == "16/B374D848")
    }

    @Test(arguments: ["", "/", "16", "16/", "/1", "1/2/3", "x/1", "1/100000000", "-1/0", " 1/0"])
    func `takes no other text for a place in the log`(_ text: String) {
        #expect(LogPosition(text) == nil)
    }

    @Test func `reads a transaction's begin and its end`() throws {
        #expect(try self.plugin([UInt8(ascii: "B")] + Array(repeating: 1, count: 20)) == .begin)
        let commit = [UInt8(ascii: "C"), 0] + big(5 as Int64) + big(9 as Int64) + big(0 as Int64)
        #expect(try self.plugin(commit) == .commit(end: LogPosition(offset: 9)))
    }

    @Test func `reads a table's columns with their keys`() throws {
        var bytes = [UInt8(ascii: "R")] + big(7 as Int32) + Array("public\0runs\0d".utf8) + big(2 as Int16)
        bytes += [1] + Array("id\0".utf8) + big(25 as Int32) + big(-1 as Int32)
        bytes += [0] + Array("größe\0".utf8) + big(1700 as Int32) + big(-1 as Int32)
        guard case .relation(let relation) = try self.plugin(bytes) else {
            Issue.record("no relation")
            return
        }
        #expect(relation.oid == 7)
        #expect(
            relation.columns == [
                .init(name: "id", typeOID: 25, isKey: true), .init(name: "größe", typeOID: 1700, isKey: false),
            ]
        )
    }

    @Test func `reads rows with texts, NULLs and values that are left out`() throws {
        let values: [PgOutputValue] = [.text("a"), .null, .unchanged, .text(""), .text("é\0b")]
        let new = [UInt8(ascii: "N")] + self.tuple(values)
        let messages = [
            try self.plugin([UInt8(ascii: "I")] + big(7 as Int32) + new),
            try self.plugin([UInt8(ascii: "U")] + big(7 as Int32) + new),
            try self.plugin(
                [UInt8(ascii: "U")] + big(7 as Int32) + [UInt8(ascii: "K")] + self.tuple([.text("k")]) + new
            ),
        ]
        for message in messages {
            let read: PgOutputTuple
            switch message {
            case .insert(7, let tuple): read = tuple
            case .update(7, let old, let tuple):
                #expect(old == nil || old?.value(at: 0) == .text("k"))
                read = tuple
            default:
                Issue.record("\(String(describing: message))")
                continue
            }
            #expect((0..<read.count).map { read.value(at: $0) } == values)
            #expect(read.value(at: nil) == .null && read.value(at: 5) == .null && read.value(at: -1) == .null)
            #expect(read.value(at: 4, limit: 2) == .text("é"))
        }
    }

    @Test func `reads removed rows and emptied tables`() throws {
        let removed = try self.plugin(
            [UInt8(ascii: "D")] + big(7 as Int32) + [UInt8(ascii: "K")] + self.tuple([.text("k")])
        )
        guard case .delete(7, let old) = removed else {
            Issue.record("no removal")
            return
        }
        #expect(old.value(at: 0) == .text("k"))
        let truncated = [UInt8(ascii: "T")] + big(2 as Int32) + [1] + big(7 as Int32) + big(8 as Int32)
        #expect(try self.plugin(truncated) == .truncate(relations: [7, 8]))
    }

    @Test func `refuses what it doesn't know: another kind of message, of row, of value`() {
        let unknown: [[UInt8]] = [
            [UInt8(ascii: "S")], [UInt8(ascii: "I")] + big(7 as Int32) + [UInt8(ascii: "X"), 0, 0],
            [UInt8(ascii: "D")] + big(7 as Int32) + [UInt8(ascii: "N"), 0, 0],
            [UInt8(ascii: "I")] + big(7 as Int32) + [UInt8(ascii: "N"), 0, 1, UInt8(ascii: "b"), 0, 0, 0, 0],
            [UInt8(ascii: "I")] + big(7 as Int32) + [
                UInt8(ascii: "N"), 0, 1, UInt8(ascii: "t"), 0xFF, 0xFF, 0xFF, 0xFF,
            ],
        ]
        for bytes in unknown {
            #expect(throws: PostgresError.self) { try self.plugin(bytes) }
        }
        #expect(throws: PostgresError.self) { try self.decoded([UInt8(ascii: "x")]) }
    }

    @Test func `a message cut short anywhere throws, and random bytes never trap`() throws {
        let whole =
            [UInt8(ascii: "w")] + Array(repeating: 0, count: 24) + [UInt8(ascii: "U")] + big(7 as Int32)
            + [UInt8(ascii: "O")] + self.tuple([.text("k"), .null]) + [UInt8(ascii: "N")] + self.tuple([.text("abc")])
        for length in 0..<whole.count {
            #expect(throws: PostgresError.self) { try self.decoded(Array(whole[..<length])) }
        }
        #expect(throws: PostgresError.self) { try self.decoded(whole + [0]) }
        _ = try self.decoded(whole)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: .min ... .max, using: &random)
            }
            if case .data(.update(_, _, let new))? = try? self.decoded(bytes) {
                _ = (0..<new.count).map { new.value(at: $0) }
            }
        }
    }

    @Test func `writes a status of 34 bytes`() {
        let status = StandbyStatus(
            received: LogPosition(offset: 258),
            flushed: LogPosition(offset: 1),
            wantsReply: true
        )
        let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1]
        #expect(
            status.bytes == [UInt8(ascii: "r"), 0, 0, 0, 0, 0, 0, 1, 2] + one + one + Array(repeating: 0, count: 8) + [
                1
            ]
        )
    }
}

private func big(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.bigEndian, Array.init)
}
