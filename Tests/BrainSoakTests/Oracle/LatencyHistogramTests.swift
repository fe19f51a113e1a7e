import Testing

@testable import BrainSoak

struct LatencyHistogramTests {
    @Test func `a quantile is at most three percent above the latency`() {
        for exponent in 0..<200 {
            let latency = Int(1.097.raised(to: exponent)) % 100_000_000
            var histogram = LatencyHistogram()
            histogram.add(microseconds: latency)
            histogram.add(microseconds: 100_000_000)
            let found = histogram.quantile(0.5) ?? -1
            #expect(found >= latency && Double(found) <= Double(latency) * 1.03, "\(latency) as \(found)")
        }
    }

    @Test func `quantiles are those of a sorted list`() {
        var (generator, histogram) = (SeededGenerator(seed: 7), LatencyHistogram())
        let latencies = (0..<1000).map { _ in Int.random(in: 0...2_000_000, using: &generator) }
        for latency in latencies { histogram.add(microseconds: latency) }
        let sorted = latencies.sorted()
        for (part, rank) in [(0.0, 0), (0.001, 0), (0.5, 499), (0.99, 989), (0.999, 998), (1, 999)] {
            let found = histogram.quantile(part) ?? -1
            #expect(sorted[rank]...sorted[rank] * 103 / 100 ~= found, "\(part)")
        }
        #expect(histogram.quantile(1) == sorted.last)
        #expect(histogram.max == sorted.last)
    }

    @Test func `two merged are as one`() {
        var (one, other, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for latency in stride(from: 1, to: 1_000_000, by: 997) {
            both.add(microseconds: latency)
            if latency % 2 == 0 { one.add(microseconds: latency) } else { other.add(microseconds: latency) }
        }
        other.merge(one)
        #expect(other == both)
    }

    @Test func `nothing has no quantile, and what is out of range is its bound`() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        histogram.add(microseconds: -5)
        #expect(histogram.quantile(1) == 0)
        histogram.add(microseconds: .max)
        #expect(histogram.max == .max)
        #expect((histogram.quantile(1) ?? 0) >= 100_000_000)
        #expect(histogram.count == 2)
    }
}

extension Double {
    fileprivate func raised(to exponent: Int) -> Double { (0..<exponent).reduce(1) { power, _ in power * self } }
}
