import NIOCore
import NIOEmbedded
import Runs
import Testing

@testable import Brain

@Suite(.timeLimit(.minutes(5))) struct BroadcasterSnapshotTests {
    @Test func `a session that asks for it gets the active runs, then the end, then what changes`() async throws {
        let rig = BroadcastRig()
        rig.change("r1", "running", progress: 1)
        rig.change("r2", "completed")
        try await rig.broadcasting { broadcaster in
            await broadcaster.broadcast()
            let client = try await rig.sessions.open(awaitsSnapshot: true)
            await broadcaster.broadcast()
            #expect(try await client.gists() == ["run_update r1 1", "snapshot_end 1"])
            rig.change("r1", "running", progress: 2)
            await broadcaster.broadcast()
            #expect(try await client.gists() == ["run_update r1 2"])
        }
    }

    @Test func `with no run active the end comes alone`() async throws {
        let rig = BroadcastRig()
        let client = try await rig.sessions.open(awaitsSnapshot: true)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == ["snapshot_end 0"])
    }

    @Test func `what changes in the same round is in the snapshot, and what ended comes before it`() async throws {
        let rig = BroadcastRig()
        let (client, other) = (try await rig.sessions.open(awaitsSnapshot: true), try await rig.sessions.open())
        rig.change("r2", "failed")
        rig.change("r1", "running", progress: 1)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == ["run_failed r2", "run_update r1 1", "snapshot_end 1"])
        #expect(try await other.gists() == ["run_failed r2", "run_update r1 1"])
    }

    @Test func `sessions of two shards that ask at the same time are served alike`() async throws {
        let rig = BroadcastRig(loops: 2)
        rig.change("r1", "queued")
        let clients = [
            try await rig.sessions.open(on: 0, awaitsSnapshot: true),
            try await rig.sessions.open(on: 1, awaitsSnapshot: true),
        ]
        try await rig.broadcasting { await $0.broadcast() }
        for client in clients { #expect(try await client.gists() == ["run_update r1", "snapshot_end 1"]) }
    }

    @Test func `a snapshot that is longer than the queue goes out at the socket's pace`() async throws {
        let rig = BroadcastRig()
        for number in 0..<100 { rig.change("r\(number)", "running") }
        let client = try await rig.sessions.open(awaitsSnapshot: true)
        try await client.setWritable(false)
        try await rig.broadcasting { await $0.broadcast() }
        #expect(try await client.gists() == [])
        #expect(await rig.sessions.directory.report(of: client.id)?.queuedRuns == 0)
        try await client.setWritable(true)
        let gists = try await client.gists()
        #expect(Set(gists.dropLast()) == Set((0..<100).map { "run_update r\($0)" }))
        #expect(gists.last == "snapshot_end 100")
    }

    @Test func `an update that is held back is in the snapshot`() async throws {
        let rig = BroadcastRig(updateInterval: .seconds(3600))
        try await rig.broadcasting { broadcaster in
            rig.change("r1", "running", progress: 1)
            await broadcaster.broadcast()
            rig.change("r1", "running", progress: 2)
            let client = try await rig.sessions.open(awaitsSnapshot: true)
            await broadcaster.broadcast()
            #expect(try await client.gists() == ["run_update r1 2", "snapshot_end 1"])
            rig.change("r1", "completed")
            await broadcaster.broadcast()
            #expect(try await client.gists() == ["run_complete r1"])
        }
    }
}
