import Testing

@testable import BrainSoak

struct MemoryWindowsTests {
    @Test func `a long run is judged by minutes 5 to 10 and the last 5`() {
        // In minute m it is m MiB: the medians are in the middle of the windows.
        let summary = Self.summary(minutes: 30) { Double($0 / 60) }
        #expect(summary.earlyMiB == 7)
        #expect(summary.lateMiB == 27)
    }

    @Test func `a short run is judged by its second and last fifth`() {
        let summary = Self.summary(minutes: 5) { Double($0 / 60) }
        #expect(summary.earlyMiB == 1)
        #expect(summary.lateMiB == 4)
        #expect(summary.ratio == 4)
    }

    @Test func `a run that was stopped is judged by its last 5 minutes`() {
        let summary = Self.summary(minutes: 600, ran: 30) { Double($0 / 60) }
        #expect(summary.lateMiB == 27)
    }

    @Test func `without measurements there is no ratio`() {
        #expect(MemoryWindows(minutes: 30).summary == MemorySummary())
        #expect(MemorySummary(earlyMiB: 0, lateMiB: 3).ratio == nil)
    }

    private static func summary(minutes: Int, ran: Int? = nil, _ value: (Int) -> Double) -> MemorySummary {
        var windows = MemoryWindows(minutes: Double(minutes))
        for second in 0..<((ran ?? minutes) * 60) { windows.add(value(second), at: Double(second)) }
        return windows.summary
    }
}
