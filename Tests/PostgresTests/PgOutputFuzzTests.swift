import Testing

@testable import Postgres

/// No bytes of a walsender trap: they are a message, or `malformed`.
@Suite struct PgOutputFuzzTests {
    private static let row: [UInt8] =
        [0, 4] + [UInt8(ascii: "n"), UInt8(ascii: "u"), UInt8(ascii: "t"), 0, 0, 0, 2, 0x61, 0x62]
        + [UInt8(ascii: "t"), 0, 0, 0, 0]

    /// One message of each kind, without what stands before all of them.
    private static let sound: [[UInt8]] = [
        Array("B".utf8) + Array(repeating: 1, count: 20),
        Array("C".utf8) + Array(repeating: 1, count: 25),
        Array("R".utf8) + [0, 0, 0, 7] + Array("public\0runs\0d".utf8) + [0, 1, 1] + Array("id\0".utf8)
            + Array(repeating: 0, count: 8),
        Array("I".utf8) + [0, 0, 0, 7] + Array("N".utf8) + Self.row,
        Array("U".utf8) + [0, 0, 0, 7] + Array("O".utf8) + Self.row + Array("N".utf8) + Self.row,
        Array("D".utf8) + [0, 0, 0, 7] + Array("K".utf8) + Self.row,
        Array("T".utf8) + [0, 0, 0, 2, 1, 0, 0, 0, 7, 0, 0, 0, 8],
        Array("Y".utf8) + [0, 0, 0, 7],
    ]

    private static let keepalive = Array("k".utf8) + Array(repeating: 1, count: 17)

    @Test func `each of the sound messages is one`() throws {
        for message in Self.sound { _ = try Self.read(Self.data(message)) }
        _ = try Self.read(Self.keepalive)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `messages with changed bytes, of any length, never trap`(seed: UInt64) {
        var random = Seeded(seed: seed)
        for message in Self.sound.map(Self.data) + [Self.keepalive] {
            for _ in 0..<100 {
                var bytes = message
                for _ in 1...Int.random(in: 1...4, using: &random) { Self.change(&bytes, &random) }
                if let read = try? Self.read(bytes) { Self.use(read) }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a place in the log that is read is printed the same way`(seed: UInt64) {
        var random = Seeded(seed: seed)
        let digits = Array("0123456789ABCDEF/+- ")
        for _ in 0..<200 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                    digits.randomElement(using: &random)
                }
            )
            if let place = LogPosition(text) { #expect(LogPosition(place.description) == place) }
        }
    }

    private static func data(_ message: [UInt8]) -> [UInt8] {
        Array("w".utf8) + Array(repeating: 0, count: 24) + message
    }

    private static func read(_ bytes: [UInt8]) throws(PostgresError) -> ReplicationMessage {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(PostgresError) in try ReplicationMessage(bytes) }
        }.get()
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout Seeded) {
        let index = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, index + Int.random(in: 0...6, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes.removeSubrange(index..<end)
        case 1: bytes.insert(contentsOf: bytes[index..<end], at: index)
        case 2: bytes.replaceSubrange(index..<end, with: [0x7F, 0xFF, 0xFF, 0xFF].prefix(end - index))
        default: for index in index..<end { bytes[index] = .random(in: 0...255, using: &random) }
        }
    }

    /// Asks for all that a message holds, and for more.
    private static func use(_ message: ReplicationMessage) {
        switch message {
        case .data(.insert(_, let new)): for index in -1...new.count { _ = new.value(at: index, limit: 3) }
        case .data(.update(_, let old, let new)):
            for index in -1...max(new.count, old?.count ?? 0) { _ = (new.value(at: index), old?.value(at: index)) }
        case .data(.delete(_, let old)): for index in -1...old.count { _ = old.value(at: index) }
        default: _ = "\(message)"
        }
    }
}
