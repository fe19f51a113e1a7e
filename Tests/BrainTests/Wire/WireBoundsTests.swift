import NIOCore
import Runs
import Testing

@testable import Brain

/// What lies between the ledger and a socket is bounded (`Docs/RuntimeSemantics.md`).
@Suite(.timeLimit(.minutes(5))) struct WireBoundsTests {
    @Test func `a batch has at most 1024 frames`() async throws {
        let sends = try await Self.sends { rig in
            for number in 0..<1100 { rig.change("r\(number)", padding: 0) }
        }
        #expect(sends.map(\.frames) == [1024, 76])
    }

    @Test func `a batch ends with the frame that brings it to 256 KiB`() async throws {
        let sends = try await Self.sends { rig in
            for number in 0..<6 { rig.change("r\(number)", padding: 60_000) }
        }
        #expect(sends.map(\.frames) == [5, 1])
        #expect(sends[0].bytes >= 256 << 10 && sends[0].bytes < 256 << 10 + 61_000)
    }

    @Test func `wakes that come before a round are one round`() async throws {
        let rig = BroadcastRig(limit: LedgerLimit(messages: 1))
        let client = try await rig.sessions.open()
        let broadcaster = rig.makeBroadcaster(timerLoop: rig.sessions.loops[0])
        for number in 1...9 { rig.change("r\(number)", "running") }
        for _ in 1...100 { broadcaster.wake() }
        async let end: Void = broadcaster.run {}
        broadcaster.breakLoop()
        try await end
        // Only one update has room in the ledger's outbox, so that each round makes one.
        #expect(try await client.gists() == ["run_update r1"])
    }

    @Test func `NIO holds a piece of 16 KiB and a frame at most`() async throws {
        try await Self.stalled(.pair(sendBuffer: 10_000), runs: 1000) { client in
            var most = 0
            for _ in 0..<200 {
                client.read(atMost: 3000)
                most = max(most, try await client.heldByChannel)
            }
            #expect(most > 0 && most <= 16 << 10 + 1200)
        }
    }

    @Test func `the kernel holds little that TCP has not sent`() async throws {
        try await Self.stalled(.tcp(receiveBuffer: 4096), runs: 1) { client in
            let report = try #require(await client.shard.report(of: client.id))
            #expect(report.queuedRuns == 1)
            #expect(report.counters.bytesSent < 100_000)
        }
    }

    @Test func `at most a hundred sessions are closed in a round because too much waits`() async throws {
        try await WireRig.broadcasting(queueTotal: 1000) { rig, broadcaster in
            var clients: [WireClient] = []
            for _ in 0..<103 { clients.append(try await rig.open(.pair(sendBuffer: 1))) }
            for id in ["r1", "r2"] { rig.change(id, padding: 20_000) }
            await broadcaster.broadcast()
            #expect(await rig.directory.reports().count { $0.state == "open" } == 3)
            for client in clients { client.wire.close() }
            try await rig.until("the end of all sessions") { rig.directory.count == 0 }
        }
    }

    /// What a session is sent, one element for each send(2).
    private static func sends(of change: (WireRig) -> Void) async throws -> [(frames: Int, bytes: Int)] {
        var sends: [(frames: Int, bytes: Int)] = []
        try await WireRig.broadcasting { rig, broadcaster in
            let client = try await rig.open(.packets)
            change(rig)
            await broadcaster.broadcast()
            let inbox = client.inbox
            while case let (frames, bytes) = (inbox.frames.count, inbox.bytes.count) {
                client.read(atMost: 1 << 20)
                guard inbox.bytes.count > bytes else { break }
                sends.append((inbox.frames.count - frames, inbox.bytes.count - bytes))
            }
        }
        return sends
    }

    /// A client that has read nothing of a megabyte of updates.
    private static func stalled(
        _ kind: WireEnd.Kind,
        runs: Int,
        _ check: (WireClient) async throws -> Void
    ) async throws {
        try await WireRig.broadcasting { rig, broadcaster in
            let client = try await rig.open(kind)
            for number in 0..<1000 {
                rig.change("r\(number % runs)", progress: number, padding: 1000)
                if number % 5 == 0 { await broadcaster.broadcast() }
            }
            await broadcaster.broadcast()
            try await check(client)
        }
    }
}

extension WireRig {
    fileprivate func change(_ id: String, progress: Int = 0, padding: Int) {
        let error = String(repeating: "x", count: padding)
        let row = RunRow(id: id, status: "running", progress: "\(progress)", error: error)
        _ = self.ledger.withLedger { $0.observed(row, now: .now) }
    }
}
