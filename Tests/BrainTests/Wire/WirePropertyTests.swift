import Testing
import WebSocket

@testable import Brain

@Suite(.timeLimit(.minutes(5))) struct WirePropertyTests {
    @Test(arguments: UInt64(0)..<40)
    func `each client gets whole frames, each run in order, every end once, and the last states`(
        seed: UInt64
    ) async throws {
        let interval = seed.isMultiple(of: 2) ? Duration.zero : .milliseconds(2)
        try await WireRig.broadcasting(
            loops: seed.isMultiple(of: 3) ? 1 : 2,
            updateInterval: interval,
            settings: Self.settings(seed: seed)
        ) { rig, broadcaster in
            for shard in rig.directory.shards { await shard.start() }
            var world = WireWorld(rig, broadcaster, seed: seed)
            for _ in 0..<200 { try await world.step() }
            try await world.finish()
            try await world.end()
            #expect(world.faults.prefix(5) == [])
            let tally = world.tally
            #expect(tally.torn + tally.crashes > 0 && tally.messages > 0, "a test of nothing")
            try await Self.expectNothingLeft(in: rig)
        }
    }

    /// With every fourth seed pings come often, with another little may wait, and who is slow is closed; with every sixth
    /// a push rate holds updates back.
    private static func settings(seed: UInt64) -> SessionSettings {
        var settings = SessionSettings()
        settings.heartbeat.pingInterval = seed % 4 == 1 ? .milliseconds(1) : .seconds(600)
        settings.heartbeat.pongTimeout = .seconds(600)
        settings.heartbeat.writeStall = .seconds(600)
        settings.inbound.dataFramesPerSecond = 0
        if seed % 4 == 3 { settings.mailbox = .init(runs: 8) }
        if seed % 6 == 5 { settings.maxPushRate = 40 }
        return settings
    }

    private static func expectNothingLeft(in rig: WireRig) async throws {
        #expect(rig.directory.count == 0 && rig.book.counts.sessions == 0)
        try await rig.until("the last frame's end") { rig.account.total == 0 }
        for shard in rig.directory.shards {
            #expect(await shard.count == 0)
            #expect(shard.presence.isEmpty)
            #expect(await shard.caughtUpCount + shard.behind.count == 0)
            try await rig.until("the last actor's end") { await shard.audit().lingering.isEmpty }
            await shard.stop()
        }
    }
}
