import Testing

@testable import BrainSoak

struct ProgressLineTests {
    @Test func `with room it is told in whole words`() {
        let text =
            "12:30 of 30:00, 17:30 left · 199 changes/s · 198 740 messages/s · 1 000 sessions · 61.2 MiB · p99 4.1 ms · "
            + "75 faults · 12 restarts · 0 findings · 1 loss"
        #expect(Self.line.text(columns: 200) == text)
    }

    @Test func `in 120 columns it says the same in short words`() {
        let text =
            "12:30, 17:30 left, 199 chg/s, 199k msg/s, 1 000 open, 61.2 MiB, p99 4.1 ms, 75 faults, 12 restarts, "
            + "0 findings, 1 loss"
        #expect(Self.line.text() == text)
        #expect(text.count <= 120)
    }

    @Test func `where there is less room the words that decide stay`() {
        let text = Self.line.text(columns: 60)
        #expect(text.count <= 60)
        #expect(text.hasPrefix("12:30, 17:30 left, "))
        #expect(text.hasSuffix("0 findings, 1 loss"))
        #expect(!text.contains("open"))
    }

    @Test(arguments: [0, 1, 40, 79, 120])
    func `it fits, or holds nothing but what decides`(_ columns: Int) {
        let text = Self.line.text(columns: columns)
        #expect(text.count <= columns || text == "12:30, 17:30 left, 0 findings, 1 loss")
        #expect(text.hasPrefix("12:30") && text.hasSuffix("1 loss"))
    }

    @Test func `a run of days with great numbers fits too`() {
        var line = Self.line
        (line.second, line.totalSeconds) = (200_000, 700_000)
        (line.faults, line.restarts, line.messagesPerSecond) = (20_000, 9000, 2_500_000)
        #expect(line.text().count <= 120)
        #expect(line.text().hasPrefix("2 d 07:33:20, 5 d 18:53:20 left"))
    }

    @Test func `what is not known is left out, and what is no number is no number`() {
        var line = Self.line
        (line.sessions, line.residentMiB, line.p99) = (nil, nil, nil)
        line.changesPerSecond = .nan
        #expect(line.text(columns: 200).contains("left · – changes/s · 198 740 messages/s · 75 faults"))
    }

    private static let line = ProgressLine(
        second: 750,
        totalSeconds: 1800,
        changesPerSecond: 199,
        messagesPerSecond: 198_740,
        sessions: 1000,
        residentMiB: 61.2,
        p99: 4.1,
        faults: 75,
        restarts: 12,
        findings: 0,
        losses: 1
    )
}

struct FigureTests {
    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1 000"), (-1_234_567, "-1 234 567"), (Int.min, nil)])
    func `thousands stand apart`(_ number: Int, _ text: String?) {
        #expect(text == nil || Figure.number(number) == text)
        #expect(!Figure.number(number).isEmpty)
    }

    @Test(arguments: [
        (1234.56, 1, "1 234.6"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (999.96, 1, "1 000.0"), (.nan, 1, "–"),
        (.infinity, 0, "–"),
    ])
    func `digits are rounded, and nothing is below zero by a sign alone`(_ value: Double, _ digits: Int, _ text: String)
    {
        #expect(Figure.number(value, digits: digits) == text)
    }

    @Test(arguments: [(0.4234, "0.42 ms"), (4.12, "4.1 ms"), (1234.4, "1 234 ms"), (.nan, "–")])
    func `times have about two digits`(_ value: Double, _ text: String) {
        #expect(Figure.milliseconds(value) == text)
    }

    @Test(arguments: [(-5, "00:00"), (59, "00:59"), (3600, "1:00:00"), (86_399, "23:59:59"), (90_061, "1 d 01:01:01")])
    func `a clock shows hours and days only where there are some`(_ seconds: Int, _ text: String) {
        #expect(Figure.clock(seconds) == text)
    }

    @Test(arguments: [.nan, .infinity, -1, 1e300])
    func `what is no time is no trap`(_ seconds: Double) {
        #expect(Figure.clock(seconds) == "00:00")
    }
}
