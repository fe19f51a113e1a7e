import Foundation
import Testing

@testable import BrainSoak

struct SampleSeriesTests {
    @Test func `few samples stay as they are`() {
        let samples = (1...9).map { Sample(second: $0) }
        #expect(Self.series(samples, capacity: 10).samples == samples)
    }

    @Test(arguments: [10, 11, 999, 100_000])
    func `however many come, no more are kept than it holds, and every second is stood for once`(_ count: Int) {
        let series = Self.series((1...count).map { Sample(second: $0) }, capacity: 10)
        #expect(series.samples.count <= 10)
        #expect(series.samples.reduce(0) { $0 + $1.seconds } == count)
        #expect(series.lastSecond == count)
    }

    @Test func `all but the last stand for the same number of seconds`() {
        let series = Self.series((1...1003).map { Sample(second: $0) }, capacity: 10)
        #expect(Set(series.samples.dropLast().map(\.seconds)).count == 1)
        #expect(series.samples.map(\.second) == series.samples.map(\.second).sorted())
    }

    @Test func `a peak of memory and a dip of sessions outlive merging`() {
        var samples = (1...1000).map { Sample(second: $0, residentMiB: 60, descriptors: 40, sessions: 1000) }
        samples[500].residentMiB = 90
        samples[600].sessions = 3
        samples[700].descriptors = 2000
        let kept = Self.series(samples, capacity: 10).samples
        #expect(kept.compactMap(\.residentMiB).max() == 90)
        #expect(kept.compactMap(\.sessions).min() == 3)
        #expect(kept.compactMap(\.descriptors).max() == 2000)
    }

    @Test func `rates are weighed by seconds`() {
        let one = Sample(second: 3, seconds: 3, messagesPerSecond: 100, cores: 1)
        let other = Sample(second: 4, messagesPerSecond: 500, cores: 0)
        let merged = one.merged(with: other)
        #expect(merged.messagesPerSecond == 200)
        #expect(merged.cores == 0.75)
        #expect(merged.second == 4)
        #expect(merged.seconds == 4)
    }

    @Test func `what counts since the beginning is the later one's`() {
        let merged = Sample(second: 1, restarts: 4, findings: 1)
            .merged(with: Sample(second: 2, restarts: 6, queuedBytes: 7, findings: 2))
        #expect(merged.restarts == 6)
        #expect(merged.findings == 2)
        #expect(merged.queuedBytes == 7)
    }

    @Test func `what one of two has not is the other's`() {
        let latency = LatencySummary(of: [1])
        let merged = Sample(second: 1).merged(with: Sample(second: 2, residentMiB: 5, latency: latency))
        #expect(merged.residentMiB == 5)
        #expect(merged.latency == latency)
        #expect(merged.sessions == nil)
    }

    @Test func `it is written as a list`() throws {
        let data = try JSONEncoder().encode(Self.series([Sample(second: 5)], capacity: 10))
        let list = try #require(JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(list.first?["second"] as? Int == 5)
    }

    private static func series(_ samples: [Sample], capacity: Int) -> SampleSeries {
        var series = SampleSeries(capacity: capacity)
        for sample in samples { series.add(sample) }
        return series
    }
}
