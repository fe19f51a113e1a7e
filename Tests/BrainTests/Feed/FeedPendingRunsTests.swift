import Testing

@testable import Brain

struct FeedPendingRunsTests {
    @Test func `gives ids once, in the order in which they came`() {
        var pending = PendingRuns()
        pending.notified(#"["b","a"]"#)
        pending.notified(#"["a","c"]"#)
        #expect(pending.take(2) == ["b", "a"])
        #expect(pending.take(9) == ["c"])
        #expect(pending.take(9).isEmpty)
        pending.notified(#"["a"]"#)
        #expect(pending.take(9) == ["a"])
    }

    @Test(arguments: ["*", "", "{}", "[1]", #"["a""#])
    func `takes whatever is no list of ids for everything`(_ payload: String) {
        var pending = PendingRuns()
        pending.notified(#"["a"]"#)
        pending.notified(payload)
        #expect(pending.take(9).isEmpty)
        #expect([pending.takeEverything(), pending.takeEverything()] == [true, false])
    }

    @Test func `becomes everything when too many are named`() {
        var pending = PendingRuns()
        for number in 1...PendingRuns.limit {
            pending.notified("[\"\(number)\"]")
        }
        let before = pending.takeEverything()
        pending.notified(#"["one more"]"#)
        #expect([before, pending.takeEverything()] == [false, true])
        #expect(pending.take(1).isEmpty)
    }

    @Test func `keeps a composed and a decomposed letter apart`() {
        var pending = PendingRuns()
        pending.notified("[\"\u{E9}\",\"e\u{301}\"]")
        #expect(pending.take(9).count == 2)
    }
}
