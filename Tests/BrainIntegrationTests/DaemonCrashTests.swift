import Brain
import BrainTestKit
import Testing

/// What a crash of a part costs: nothing that a client notices (contract §2).
@Suite(.timeLimit(.minutes(5)))
struct DaemonCrashTests {
    @Test
    func `restarts a session on its socket, three times, and loses or repeats nothing`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            for restarts in 1...3 {
                try await daemon.plantCrash(in: "s-000001")
                for number in 1...5 {
                    try await daemon.sql("INSERT INTO runs (id) VALUES ('\(restarts)-\(number)')")
                }
                let expected = (1...5).map { "\(restarts)-\($0)" }
                #expect(try await daemon.settled(client).map(\.id) == expected)
                let report = try await daemon.json("/api/debug/sessions/s-000001")
                #expect(report["restarts"] == .number(Double(restarts)) && report["state"] == "open")
            }
            #expect(try await daemon.json("/api/debug/sessions")["totals"]?["restarted"] == 3)
        }
    }

    @Test
    func `closes a session that crashes a fourth time with 1011, and no other`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            let other = try await daemon.connect()
            for _ in 1...4 {
                try await daemon.plantCrash(in: "s-000001")
                #expect(try await daemon.settled(other).isEmpty)
            }
            #expect(try await client.closeCode() == 1011)
            try await client.closed()
            try await eventually("it is listed") {
                try await daemon.json("/api/debug/sessions")["recently_closed"]?.elements.first?["code"] == 1011
            }
            let list = try await daemon.json("/api/debug/sessions")
            #expect(list["totals"]?["evicted"] == 1 && list["totals"]?["restarted"] == 3 && list["count"] == 1)
            #expect(try await daemon.send("POST", "/api/debug/audit").json["ok"] == true)
            let directory = daemon.directory
            for shard in directory.shards {
                try await eventually("no crashed actor is alive") { await shard.audit().lingering.isEmpty }
            }
        }
    }

    @Test
    func `keeps every socket and every message when the broadcaster crashes`() async throws {
        try await withDaemon(DaemonSetup(script: "INSERT INTO runs (id) VALUES ('a')")) { daemon in
            let client = try await daemon.connect()
            for round in 1...3 {
                try daemon.crashBroadcaster()
                async let seen = client.messages { $0.progress == round * 20 }
                for step in 1...20 { try await daemon.sql("UPDATE runs SET progress = \((round - 1) * 20 + step)") }
                let progress = try await seen.compactMap(\.progress)
                #expect(progress == Array(Set(progress)).sorted())
                try await Self.runs(daemon, "broadcaster", restarts: round)
            }
            #expect(try await daemon.json("/api/debug/sessions")["totals"]?["closed"] == 0)
        }
    }

    @Test
    func `listens again on the same port when its socket breaks, and keeps its sessions`() async throws {
        try await withDaemon { daemon in
            let client = try await daemon.connect()
            try daemon.breakListener()
            try await daemon.sql("INSERT INTO runs (id) VALUES ('a')")
            #expect(try await client.nextMessage().id == "a")
            try await eventually("it listens again") { (try? await daemon.send("GET", "/api/health"))?.status == 200 }
            try await Self.runs(daemon, "acceptor", restarts: 1)
            let other = try await daemon.connect()
            try await daemon.sql("INSERT INTO runs (id) VALUES ('b')")
            for client in [client, other] { #expect(try await client.nextMessage().id == "b") }
        }
    }

    @Test
    func `gives up with the status of a failed tree when a part crashes too often`() async throws {
        let failure = await #expect(throws: StartFailure.self) {
            try await withDaemon { daemon in
                let client = try await daemon.connect()
                for restarts in 1...5 {
                    try daemon.crashBroadcaster()
                    try await Self.runs(daemon, "broadcaster", restarts: restarts)
                }
                try daemon.crashBroadcaster()
                #expect(try await client.closeCode() == 1012)
            }
        }
        #expect(failure?.status == .software)
        #expect(failure?.message.contains("broadcaster") == true)
    }

    private static func runs(_ daemon: DaemonHarness, _ child: String, restarts: Int) async throws {
        try await eventually("\(child) runs again") {
            let children = try await daemon.json("/api/debug/tree")["children"]?.elements ?? []
            let node = children.first { $0["id"] == .string(child) }
            return node?["state"] == "running" && node?["restarts"] == .number(Double(restarts))
        }
    }
}
