import NIOCore
import NIOEmbedded
import Runs
import Testing

@testable import Brain

@Suite(.timeLimit(.minutes(5))) struct BroadcasterBoundsTests {
    @Test func `over the total the session that owes the oldest is closed, and no other`() async throws {
        let rig = BroadcastRig(queueTotal: 1500)
        let (slowest, slow, quick) = (
            try await rig.sessions.open(), try await rig.sessions.open(), try await rig.sessions.open()
        )
        try await rig.broadcasting { broadcaster in
            try await slowest.setWritable(false)
            rig.change("r1", "failed", error: String(repeating: "x", count: 900))
            await broadcaster.broadcast()
            #expect(try await slowest.gists() == [])
            try await slow.setWritable(false)
            rig.change("r2", "failed", error: String(repeating: "x", count: 900))
            await broadcaster.broadcast()
        }
        #expect(try await slowest.gists() == ["close 4008"])
        #expect(try await slow.gists() == ["run_failed r1"])
        #expect(try await quick.gists() == ["run_failed r1", "run_failed r2"])
        #expect(rig.account.total < 1500)
    }

    @Test func `the oldest is found on any shard`() async throws {
        let rig = BroadcastRig(loops: 2, queueTotal: 1500)
        let (slow, slowest) = (try await rig.sessions.open(on: 0), try await rig.sessions.open(on: 1))
        try await rig.broadcasting { broadcaster in
            for client in [slowest, slow] {
                try await client.setWritable(false)
                rig.change("\(client.id)", "failed", error: String(repeating: "x", count: 900))
                await broadcaster.broadcast()
            }
        }
        #expect(try await slowest.gists() == ["close 4008"])
        #expect(try await slow.gists() == ["run_failed s-000002"])
    }

    @Test func `closes one after the other until enough is free`() async throws {
        let rig = BroadcastRig(queueTotal: 500)
        let clients = [try await rig.sessions.open(), try await rig.sessions.open()]
        for client in clients { try await client.setWritable(false) }
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "failed", error: String(repeating: "x", count: 900))
            await broadcaster.broadcast()
        }
        for client in clients { #expect(try await client.gists() == ["close 4008"]) }
        #expect(rig.account.total == 0)
    }

    @Test func `a large batch that everyone takes closes nobody`() async throws {
        let rig = BroadcastRig(queueTotal: 500)
        let client = try await rig.sessions.open()
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "failed", error: String(repeating: "x", count: 900))
            await broadcaster.broadcast()
        }
        #expect(try await client.gists() == ["run_failed r1"])
    }

    @Test func `a round above the total closes nobody who keeps up with its batches`() async throws {
        let rig = BroadcastRig(queueTotal: 1 << 20)
        let (quick, slow) = (try await rig.sessions.open(), try await rig.sessions.open())
        try await slow.setWritable(false)
        // Behind for as long as the first batch takes, and no longer.
        try await quick.onceGiven(bytes: 300 << 10) {
            slow.channel.isWritable = true
            slow.channel.pipeline.fireChannelWritabilityChanged()
        }
        for number in 0..<50 { rig.change("r\(number)", "failed", error: String(repeating: "x", count: 60_000)) }
        try await rig.broadcasting { await $0.broadcast() }
        let all = (0..<50).map { "run_failed r\($0)" }
        #expect(try await quick.gists() == all)
        #expect(try await slow.gists() == all)
    }

    @Test func `where the ledger had to drop what was owed, every session has to come back`() async throws {
        let rig = BroadcastRig(loops: 2, limit: LedgerLimit(messages: 2))
        let clients = [try await rig.sessions.open(on: 0), try await rig.sessions.open(on: 1)]
        for number in 1...3 { rig.change("r\(number)", "completed") }
        try await rig.broadcasting { broadcaster in
            await broadcaster.broadcast()
            for client in clients { #expect(try await client.gists() == ["close 1012"]) }
            let later = try await rig.sessions.open()
            rig.change("r4", "completed")
            await broadcaster.broadcast()
            #expect(try await later.gists() == ["run_complete r4"])
        }
    }
}
