import Runs
import Testing

@testable import Brain

/// What a capture does that was given up, and comes back late.
@Suite(.timeLimit(.minutes(5)))
struct FeedLeftoverTests {
    private static let change = RunChange.gone("a")
    private let channel = FeedChannel(capacity: 1)

    @Test func `what a capture that was given up still puts isn't taken`() async throws {
        let (older, newer) = (self.channel.inlet(), self.channel.inlet())
        await #expect(throws: CancellationError.self) { try await older.put(.gone(["a"])) }
        #expect(!older.post([Self.change]))
        try await newer.put(.sweepBegan)
        #expect(newer.post([Self.change]))
        let claim = self.channel.claim().claim
        #expect(try await self.channel.take(claim) == .sweepBegan)
        #expect(try await self.channel.take(claim) == .changes([Self.change]))
    }

    @Test func `one that waits for room is thrown out when another takes over`() async throws {
        let older = self.channel.inlet()
        try await older.put(.sweepBegan)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await older.put(.sweepEnded)) == nil }
            let newer = self.channel.inlet()
            #expect(await group.next() == true)
            group.addTask { (try? await newer.put(.gone([]))) != nil }
            let claim = self.channel.claim().claim
            #expect((try? await self.channel.take(claim)) == .sweepBegan)
            #expect((try? await self.channel.take(claim)) == .gone([]))
            #expect(await group.next() == true)
        }
    }

    @Test func `one that is cancelled puts nothing, though there is room`() async {
        let inlet = self.channel.inlet()
        await withTaskGroup(of: Bool.self) { group in
            group.cancelAll()
            group.addTask { (try? await inlet.put(.sweepBegan)) == nil }
            #expect(await group.next() == true)
        }
    }

    @Test func `what it still says of its end is not taken for the end of the next one`() {
        let gauge = FeedGauge()
        let older = gauge.voice()
        older.connected(.wal)
        let newer = gauge.voice()
        newer.connected(.poll)
        newer.looked(.poll, reasons: [])
        let status = gauge.status(at: .now)
        #expect(!older.lost(.cancelled) && !older.connected(.wal) && !older.looked(.wal, reasons: ["late"]))
        #expect(gauge.status(at: .now).reasons == status.reasons && gauge.status(at: .now).ready)
        #expect(gauge.status(at: .now).capture == .poll)
    }
}
