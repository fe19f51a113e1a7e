import Brain
import BrainTestKit
import Postgres
import Testing

/// Which capture runs, why, and how one takes over from another.
@Suite(.timeLimit(.minutes(5)))
struct FeedAutoTests {
    private func until(_ rig: FeedRig, _ capture: CaptureName) async throws {
        try await rig.until { $0.ready && $0.capture == capture }
    }

    @Test func `takes the first that works, says why, and moves to a better one without losing or repeating anything`()
        async throws
    {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: nil) { rig in
            try await self.until(rig, .wal)
            let steps: [(CaptureName, String)] = [
                (.notify, "DROP PUBLICATION brain_runs"), (.poll, "DROP TRIGGER brain_row ON runs"),
                (.wal, "CREATE PUBLICATION brain_runs FOR TABLE runs WITH (publish_via_partition_root = true)"),
                (.poll, "ALTER PUBLICATION brain_runs SET (publish = 'insert, update')"),
                (.wal, "ALTER PUBLICATION brain_runs SET (publish = 'insert, update, delete, truncate')"),
            ]
            for (number, (capture, change)) in steps.enumerated() {
                try await writer.execute("\(change); INSERT INTO runs (id) VALUES ('during-\(number)')")
                #expect(try await rig.next().id == "during-\(number)")
                try await self.until(rig, capture)
                #expect(rig.gauge.status().reasons.isEmpty == (capture == .wal))
                try await writer.execute("INSERT INTO runs (id) VALUES ('after-\(number)')")
                #expect(try await rig.next().id == "after-\(number)")
            }
        }
    }

    @Test func `notices a publication that was made anew, since what came between isn't in the stream`() async throws {
        let (database, writer) = try await makeDatabase()
        try await withFeed(of: database, by: .wal) { rig in
            try await self.until(rig, .wal)
            try await writer.execute("BEGIN; DROP PUBLICATION brain_runs; INSERT INTO runs (id) VALUES ('unheard')")
            try await writer.execute(
                "CREATE PUBLICATION brain_runs FOR TABLE runs WITH (publish_via_partition_root = true); COMMIT"
            )
            #expect(try await rig.next().id == "unheard")
            try await self.until(rig, .wal)
        }
    }

    struct Refusal: Sendable {
        let obstacle: WalObstacle
        let script: String
    }

    static let refusals: [Refusal] = [
        Refusal(obstacle: .noReplicaIdentity, script: "CREATE TABLE runs (id text, status text)"),
        Refusal(
            obstacle: .idNotInReplicaIdentity,
            script: "CREATE TABLE runs (number int PRIMARY KEY, id text UNIQUE, status text)"
        ),
        Refusal(
            obstacle: .columnForm("agent", type: "inet"),
            script: "CREATE TABLE runs (id text PRIMARY KEY, status text, agent inet)"
        ),
        Refusal(
            obstacle: .columnGenerated("agent"),
            script: "CREATE TABLE runs (id text PRIMARY KEY, status text, agent text GENERATED ALWAYS AS (id) STORED)"
        ),
    ]

    @Test(arguments: refusals)
    func `says what is in the way of the log, and what to do, and polls or listens instead`(
        _ refusal: Refusal
    ) async throws {
        let (database, writer) = try await makeDatabase(refusal.script)
        let session = FeedSession(target: database.target, thread: database.thread)
        let rig = FeedRig()
        let keeper = FeedKeeper(
            FeedChoice(.wal, session: session, bell: rig.bell),
            channel: rig.channel,
            gauge: rig.gauge
        )
        await #expect(throws: FeedError.walUnusable(refusal.obstacle)) { try await keeper.run {} }
        try await withFeed(of: database, by: nil) { rig in
            try await self.until(rig, .notify)
            #expect(rig.gauge.status().reasons == [FeedError.walUnusable(refusal.obstacle).description])
            try await writer.execute(
                "INSERT INTO runs (id, status\(refusal.more)) VALUES ('a', 'queued'\(refusal.value))"
            )
            #expect(try await rig.next().id == "a")
        }
    }

    @Test func `leaves the log alone where row security hides rows from its role`() async throws {
        let (database, writer) = try await makeDatabase()
        let role = "limited_\(writer.backendPID)"
        try await writer.execute(
            """
            CREATE ROLE \(role) LOGIN REPLICATION; GRANT SELECT ON runs TO \(role);
            ALTER TABLE runs ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON runs USING (agent = 'mine')
            """
        )
        try await withFeed(of: database.seen(by: role), by: nil) { rig in
            try await self.until(rig, .notify)
            #expect(rig.gauge.status().reasons.first == FeedError.walUnusable(.rowSecurity).description)
        }
        try await writer.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
    }

    @Test func `says who may not replicate, and that wal_level is too low`() async throws {
        let (database, writer) = try await makeDatabase()
        let role = "reader_\(writer.backendPID)"
        try await writer.execute("CREATE ROLE \(role) LOGIN; GRANT SELECT ON runs TO \(role)")
        try await withFeed(of: database.seen(by: role), by: nil) { rig in
            try await self.until(rig, .notify)
            #expect(rig.gauge.status().reasons.first?.contains("ALTER ROLE \(role) REPLICATION") == true)
        }
        try await writer.execute("DROP OWNED BY \(role); DROP ROLE \(role)")
    }
}

extension FeedAutoTests.Refusal {
    /// The column without which a row can't be inserted.
    fileprivate var more: String { self.obstacle == .idNotInReplicaIdentity ? ", number" : "" }
    fileprivate var value: String { self.obstacle == .idNotInReplicaIdentity ? ", 1" : "" }
}
