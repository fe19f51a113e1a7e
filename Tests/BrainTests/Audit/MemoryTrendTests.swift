import Testing

@testable import Brain

@Suite struct MemoryTrendTests {
    /// An hour of rounds; a value for each round from its number.
    private func trend(
        _ resident: (Int) -> Int,
        sessions: (Int) -> Int = { _ in 10 },
        runs: (Int) -> Int = { _ in 100 },
        rounds: Int = MemoryTrend.quarter * 4
    ) -> MemoryTrend {
        var trend = MemoryTrend()
        for round in 0..<rounds {
            trend.add(.init(resident: resident(round), sessions: sessions(round), runs: runs(round)))
        }
        return trend
    }

    @Test func `finds memory that grows and grows for the same work`() {
        #expect(self.trend { $0 << 20 }.growth == 90 << 20)
    }

    @Test func `knows nothing before the hour is over`() {
        #expect(self.trend({ $0 << 20 }, rounds: MemoryTrend.quarter * 4 - 1).growth == nil)
    }

    @Test func `forgets what is longer ago`() {
        let grown = MemoryTrend.quarter * 4
        #expect(self.trend({ min($0, grown) << 20 }, rounds: grown * 2 + 1).growth == nil)
    }

    @Test func `takes no step, no peak and no little growth for one that goes on`() {
        #expect(self.trend { $0 < 50 ? 1 << 20 : 500 << 20 }.growth == nil)
        #expect(self.trend { $0.isMultiple(of: 7) ? 1 << 30 : 1 << 20 }.growth == nil)
        #expect(self.trend { $0 << 10 }.growth == nil)
    }

    @Test func `expects more memory for more sessions or runs`() {
        #expect(self.trend({ $0 << 20 }, sessions: { $0 }).growth == nil)
        #expect(self.trend({ $0 << 20 }, runs: { $0 }).growth == nil)
        #expect(self.trend({ $0 << 20 }, sessions: { 1000 - $0 }).growth != nil)
    }

    @Test func `reads what the process holds`() {
        #expect(ResidentMemory.bytes(statm: "100 7 3 1 0 5 0") == ResidentMemory.bytes(statm: "0 1").map { $0 * 7 })
        #expect(ResidentMemory.bytes(statm: "100") == nil)
        #expect((ResidentMemory.bytes ?? 0) > 1 << 20)
    }
}
