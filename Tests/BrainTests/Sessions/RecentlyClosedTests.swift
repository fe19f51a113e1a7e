import Testing

@testable import Brain

@Suite struct RecentlyClosedTests {
    @Test func `of sessions that ended in the same millisecond, too, the latest comes first`() async throws {
        let rig = SessionRig()
        for _ in 0..<20 { try await rig.open().disconnect() }
        #expect(await rig.directory.recentlyClosed().map(\.facts.id.number) == (1...20).reversed())
    }
}
