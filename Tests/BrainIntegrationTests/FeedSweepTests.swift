import Brain
import BrainTestKit
import Postgres
import Testing

/// Looks by `xmin` alone: a look at the whole table, which would find whatever they miss, never comes.
@Suite(.timeLimit(.minutes(5)))
struct FeedSweepTests {
    static let pace: LookPace = {
        var pace = LookPace.quick
        pace.compareInterval = .seconds(3600)
        return pace
    }()
    /// Each leaves a transaction open that has changed `late`, and says how it ends.
    static let open = [
        ["BEGIN; UPDATE runs SET progress = 1 WHERE id = 'late'", "COMMIT"],
        ["BEGIN; SAVEPOINT s; UPDATE runs SET progress = 1 WHERE id = 'late'; RELEASE s", "COMMIT"],
        ["BEGIN; SAVEPOINT s; UPDATE runs SET progress = 1 WHERE id = 'late'", "RELEASE s; COMMIT"],
        [
            "BEGIN; UPDATE runs SET progress = 1 WHERE id = 'late'; PREPARE TRANSACTION 'sweep'",
            "COMMIT PREPARED 'sweep'",
        ],
    ]

    @Test(arguments: open)
    func `find a transaction that commits after later ones, however many rows those had`(
        _ statements: [String]
    ) async throws {
        let (database, writer) = try await makeDatabase()
        try await writer.execute("INSERT INTO runs (id) VALUES ('late'), ('early')")
        let late = try await database.connect()
        try await withFeed(of: database, by: .poll, pace: Self.pace) { rig in
            try await late.execute(statements[0])
            for step in 1...5 {
                try await writer.execute("UPDATE runs SET progress = \(step) WHERE id = 'early'")
                #expect(try await rig.next().has(#""id":"early","status":"queued","progress":\#(step)"#))
            }
            try await writer.execute("INSERT INTO runs (id) SELECT 'many-' || n FROM generate_series(1, 3000) n")
            for _ in 1...3000 { #expect(try await rig.next().id.hasPrefix("many-")) }
            try await late.execute(statements[1])
            #expect(try await rig.next().has(#""id":"late","status":"queued","progress":1"#))
        }
    }
}
