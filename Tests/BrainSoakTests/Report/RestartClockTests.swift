import Testing

@testable import BrainSoak

struct RestartClockTests {
    @Test func `an outage lasts from the failure until the child runs again`() {
        let children = Self.clock(
            Self.line(".100", "child failed", child: "broadcaster"),
            Self.line(".101", "child restarts", child: "broadcaster", reason: "after 80 ms"),
            Self.line(".190", "child started", child: "broadcaster")
        ).summary.children
        #expect(children["broadcaster"]?.whole == LatencySummary(of: [90]))
        #expect(children["broadcaster"]?.own == LatencySummary(of: [10]))
        #expect(children["broadcaster"]?.count == 1)
    }

    @Test func `outages of two children that overlap are told apart`() {
        let children = Self.clock(
            Self.line(".100", "child failed", child: "auditor"),
            Self.line(".200", "child failed", child: "acceptor"),
            Self.line(".250", "child started", child: "auditor"),
            Self.line(".900", "child started", child: "acceptor")
        ).summary.children
        #expect(children["auditor"]?.whole.max == 150)
        #expect(children["acceptor"]?.whole.max == 700)
    }

    @Test func `a restart that fails prolongs the outage, and all its pauses are taken off`() {
        let child = Self.clock(
            Self.line(".000", "child failed", child: "a"),
            Self.line(".000", "child restarts", child: "a", reason: "after 90 ms"),
            Self.line(".100", "child failed", child: "a"),
            Self.line(".100", "child restarts", child: "a", reason: "after 200 ms"),
            Self.line(".305", "child started", child: "a")
        ).summary.children["a"]
        #expect(child?.whole == LatencySummary(of: [305]))
        #expect(child?.own == LatencySummary(of: [15]))
    }

    @Test func `a first start is no restart`() {
        let clock = Self.clock(Self.line(".000", "child started", child: "a"))
        #expect(clock.total == 0)
        #expect(clock.summary.children.isEmpty)
    }

    @Test func `an outage whose end may be among lines that were dropped is no outage`() {
        var clock = Self.clock(Self.line(".000", "child failed", child: "a"))
        clock.hear(Self.line(".100", "log lines dropped"))
        clock.hear(Self.line(".500", "child started", child: "a"))
        #expect(clock.total == 0)
    }

    @Test(arguments: ["change-feed", "runs-repository"])
    func `states may go by while a child that they come through is down`(child: String) {
        var clock = Self.clock(Self.line(".000", "child failed", child: child))
        #expect(clock.gaps.excuse(Self.future))
        clock.hear(Self.line(".100", "child started", child: child))
        #expect(!clock.gaps.excuse(Self.future))
    }

    @Test(arguments: ["capture lost, trying again", "looking at the whole table", "a better capture can be had now"])
    func `states may go by until the stream is there again, not a lesser capture`(end: String) {
        var clock = Self.clock(Self.line(".000", end))
        #expect(clock.gaps.excuse(Self.future))
        clock.hear(Self.line(".100", "capture connected", capture: "poll"))
        #expect(clock.gaps.excuse(Self.future))
        clock.hear(Self.line(".200", "capture connected", capture: "wal"))
        #expect(!clock.gaps.excuse(Self.future))
    }

    @Test func `states don't go by where another child is down`() {
        #expect(!Self.clock(Self.line(".000", "child failed", child: "broadcaster")).gaps.excuse(Self.future))
    }

    @Test func `silence is counted, and what follows is timed from the failure`() {
        let child = Self.clock(
            Self.line(".000", "child gives no sign of life", child: "a"),
            Self.line(".300", "child failed", child: "a"),
            Self.line(".400", "child started", child: "a")
        ).summary.children["a"]
        #expect(child?.silences == 1)
        #expect(child?.whole.max == 100)
    }

    @Test func `a clock that was set back makes no negative time`() {
        let clock = Self.clock(
            Self.line(".500", "child failed", child: "a"),
            Self.line(".100", "child started", child: "a")
        )
        #expect(clock.summary.children["a"]?.whole.max == 0)
        #expect(clock.total == 1)
    }

    @Test func `sessions are counted, and the capture is timed from its first loss`() {
        let clock = Self.clock(
            Self.line(".000", "session restarted"),
            Self.line(".000", "session restarted"),
            Self.line(".000", "session evicted"),
            Self.line(".000", "capture connected"),
            Self.line(".100", "capture lost, trying again"),
            Self.line(".300", "capture lost, trying again"),
            Self.line(".600", "capture connected")
        )
        #expect(clock.summary.sessions == 2)
        #expect(clock.summary.evictions == 1)
        #expect(clock.summary.capture == LatencySummary(of: [500]))
        #expect(clock.total == 2)
    }

    @Test(arguments: [
        "", "{", "not json", "[]", "{}", #"{"time":"soon","message":"child failed","child":"a"}"#,
        #"{"time":"2026-02-06T01:30:00.900Z","message":"child failed","child":5}"#,
        #"{"time":"2026-02-06T01:30:00.900Z","message":"child failed"}"#,
        #"{"time":"2026-02-06T01:30:00.900Z","message":"runs found","child":"a"}"#, "{\"time\":\"2026-02-06T01:3",
    ])
    func `a line that is broken or tells of something else is passed over`(_ line: String) {
        let clock = Self.clock(
            Self.line(".000", "child failed", child: "a"),
            line,
            Self.line(".100", "child started", child: "a")
        )
        #expect(clock.summary.children["a"]?.whole == LatencySummary(of: [100]))
        #expect(clock.summary.children.count == 1)
    }

    @Test func `no more children are told apart than a tree can have`() {
        var clock = RestartClock()
        for number in 0..<1000 {
            clock.hear(Self.line(".000", "child failed", child: "child \(number)"))
            clock.hear(Self.line(".001", "child started", child: "child \(number)"))
        }
        #expect(clock.summary.children.count == 64)
    }

    private static func clock(_ lines: String...) -> RestartClock {
        var clock = RestartClock()
        for line in lines { clock.hear(line) }
        return clock
    }

    /// Half a minute after the lines of these tests.
    private static let future = 1_770_341_430_000.0...1_770_341_430_001

    private static func line(
        _ time: String,
        _ message: String,
        child: String? = nil,
        capture: String? = nil,
        reason: String? = nil
    ) -> String {
        let fields = [("child", child), ("capture", capture), ("reason", reason)].compactMap { key, value in
            value.map { #","\#(key)":"\#($0)""# }
        }
        let level = #","level":"error","message":"\#(message)""#
        return #"{"time":"2026-02-06T01:30:00\#(time)Z"\#(level)\#(fields.joined())}"#
    }
}
