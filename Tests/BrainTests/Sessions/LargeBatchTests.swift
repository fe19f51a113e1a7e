import Testing

@testable import Brain

@Suite struct LargeBatchTests {
    @Test func `a batch over the queue's limit closes nobody whose socket takes it`() async throws {
        let rig = SessionRig { $0.mailbox = MailboxLimit(runs: 2) }
        let client = try await rig.open()
        _ = await rig.shard.deliver((1...5).map { BroadcastFrame($0, run: "r\($0)") }, snapshot: nil)
        #expect(try await client.received() == (1...5).map { "r\($0) update \($0)" })
    }
}
