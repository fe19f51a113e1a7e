import Testing

@testable import BrainSoak

struct PlotScaleTests {
    @Test(
        arguments: [
            ([0, 10], [0, 5, 10]), ([0, 1000], [0, 500, 1000]), ([0, 7], [0, 2, 4, 6, 8]),
            ([0, 0.3], [0, 0.1, 0.2, 0.3]),
            ([60, 140], [60, 80, 100, 120, 140]), ([-3, 5], [-4, -2, 0, 2, 4, 6]),
        ] as [([Double], [Double])]
    )
    func `ticks are round and enclose the values`(_ values: [Double], _ ticks: [Double]) {
        let found = PlotScale.linear(values, hasZero: false).ticks
        #expect(found.count == ticks.count)
        #expect(zip(found, ticks).allSatisfy { abs($0 - $1) < 1e-9 }, "\(found)")
    }

    @Test func `values that hardly move have a tenth of themselves as room`() {
        let scale = PlotScale.linear([100, 100.1], hasZero: false)
        #expect(scale.lower <= 96)
        #expect(scale.upper >= 104)
    }

    @Test(arguments: [[], [.nan], [0], [5], [.infinity, -.infinity], [1e300, -1e300], [1e-300]] as [[Double]])
    func `any values make a scale with ends apart and few ticks`(_ values: [Double]) {
        for scale in Self.scales(values) {
            #expect(scale.lower.isFinite && scale.upper.isFinite)
            #expect(scale.lower < scale.upper)
            #expect((2...20).contains(scale.ticks.count))
            #expect(scale.ticks.allSatisfy { $0.isFinite })
        }
    }

    @Test func `with zero it begins there`() {
        #expect(PlotScale.linear([900, 1000], hasZero: true).lower == 0)
        #expect(PlotScale.linear([900, 1000], hasZero: false).lower == 900)
    }

    @Test func `places go from end to end, and never beyond`() {
        let scale = PlotScale.linear([0, 10], hasZero: true)
        #expect(scale.place(0) == 0)
        #expect(scale.place(2.5) == 0.25)
        #expect(scale.place(99) == 1)
        #expect(scale.place(-99) == 0)
        #expect(scale.place(.nan) == nil)
        #expect(scale.place(.infinity) == nil)
    }

    @Test func `a logarithmic scale goes from power to power`() {
        let scale = PlotScale.logarithmic([0.3, 40, 2000])
        #expect((scale.lower, scale.upper) == (0.1, 10_000))
        #expect(scale.ticks.count == 6)
        #expect(Self.isClose(scale.place(1), 0.2))
        #expect(Self.isClose(scale.place(1000), 0.8))
        #expect(scale.place(0) == 0)
    }

    @Test func `a single power of ten has ticks within`() {
        #expect(PlotScale.logarithmic([2, 7]).ticks == [1, 2, 5, 10])
    }

    @Test func `labels have the digits that the ticks need`() {
        let fine = PlotScale.linear([0, 0.05], hasZero: true)
        #expect(fine.ticks.map(fine.label) == ["0.00", "0.02", "0.04", "0.06"])
        let coarse = PlotScale.linear([0, 200_000], hasZero: true)
        #expect(coarse.ticks.map(coarse.label).last == "200 000")
        let powers = PlotScale.logarithmic([0.02, 500])
        #expect(powers.ticks.map(powers.label) == ["0.01", "0.1", "1", "10", "100", "1 000"])
    }

    @Test(
        arguments: [
            (1, ["00:00", "00:01"]), (90, ["00:00", "00:15", "00:30", "00:45", "01:00", "01:15", "01:30"]),
            (1800, ["0 min", "5 min", "10 min", "15 min", "20 min", "25 min", "30 min"]),
            (4 * 3600, ["0 h", "1 h", "2 h", "3 h", "4 h"]),
            (3 * 86_400, ["0 h", "12 h", "24 h", "36 h", "48 h", "60 h", "72 h"]),
            (12 * 86_400, ["0 d", "2 d", "4 d", "6 d", "8 d", "10 d", "12 d"]),
        ] as [(Double, [String])]
    )
    func `time is told in units that suit its span`(_ seconds: Double, _ labels: [String]) {
        let time = TimeScale(seconds: seconds)
        #expect(time.ticks.map(time.label) == labels)
    }

    @Test(arguments: [0, -1, .nan, .infinity, 1e300])
    func `any span makes an axis of few ticks`(_ seconds: Double) {
        let time = TimeScale(seconds: seconds)
        #expect(time.seconds >= 1)
        #expect((1...8).contains(time.ticks.count))
    }

    private static func isClose(_ place: Double?, _ other: Double) -> Bool {
        place.map { abs($0 - other) < 1e-9 } ?? false
    }

    private static func scales(_ values: [Double]) -> [PlotScale] {
        [.linear(values, hasZero: false), .linear(values, hasZero: true), .logarithmic(values)]
    }
}
