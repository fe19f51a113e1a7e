import Testing

@testable import BrainSoak

struct LatencySummaryTests {
    @Test func `percentiles are values by nearest rank`() {
        let summary = LatencySummary(of: (1...1000).shuffled().map(Double.init))
        #expect(summary == LatencySummary(p50: 500, p99: 990, p999: 999, max: 1000, count: 1000))
    }

    @Test func `a single value is every percentile`() {
        #expect(LatencySummary(of: [4]) == LatencySummary(p50: 4, p99: 4, p999: 4, max: 4, count: 1))
    }

    @Test func `what is no finite number does not count`() {
        #expect(LatencySummary(of: [.nan, .infinity]) == .none)
        #expect(LatencySummary(of: [.nan, 2]).count == 1)
    }

    @Test func `merged, the median is weighed by counts and the others are the greater ones`() {
        let many = LatencySummary(p50: 1, p99: 10, p999: 50, max: 90, count: 3)
        let few = LatencySummary(p50: 5, p99: 20, p999: 40, max: 80, count: 1)
        #expect(many.merged(with: few) == LatencySummary(p50: 2, p99: 20, p999: 50, max: 90, count: 4))
    }

    @Test func `merged with nothing it is itself`() {
        let some = LatencySummary(of: [1, 2, 3])
        #expect(some.merged(with: .none) == some)
        #expect(LatencySummary.none.merged(with: some) == some)
    }

    @Test func `recent values keep the last and count all`() {
        var values = RecentValues(limit: 3)
        for value in 1...5 { values.add(Double(value)) }
        #expect(values.values.sorted() == [3, 4, 5])
        #expect(values.count == 5)
        #expect(values.summary.max == 5)
    }

    @Test(arguments: [([], nil), ([3], 3), ([4, 1, 2], 2), ([1, 4, 2, 8], 3)] as [([Double], Double?)])
    func `the median of an even number is the mean of the middle two`(_ values: [Double], _ median: Double?) {
        var recent = RecentValues()
        for value in values { recent.add(value) }
        #expect(recent.median == median)
    }
}
