import Testing

@testable import Brain

/// When the log is worth another try, and how long a look at the standbys' names holds.
struct FeedProspectTests {
    private let start = ContinuousClock.now

    private func tries(_ prospect: CaptureProspect, after pause: Duration) -> [Bool] {
        [pause - .milliseconds(1), pause].map { prospect.isWorthATry(at: self.start + $0) }
    }

    @Test func `is tried at first, and later each time that it was turned down, up to a quarter of an hour`() {
        let prospect = CaptureProspect()
        #expect(prospect.isWorthATry(at: self.start))
        for seconds in [60, 120, 240, 480, 900, 900] {
            prospect.failed(at: self.start)
            #expect(self.tries(prospect, after: .seconds(seconds)) == [false, true])
        }
    }

    @Test func `is left alone for a while when three streams in a row break off at once`() {
        let prospect = CaptureProspect()
        let outcomes = (1...3).map { _ in prospect.brokeOff(after: .seconds(9), at: self.start) }
        #expect(outcomes == [false, false, true])
        #expect(self.tries(prospect, after: .seconds(60)) == [false, true])
    }

    @Test func `streams that break off now and then are no reason to leave it alone`() {
        let prospect = CaptureProspect()
        for minute in 0..<5 {
            #expect(!prospect.brokeOff(after: .seconds(1), at: self.start + .seconds(60 * minute)))
        }
        #expect(prospect.isWorthATry(at: self.start))
    }

    @Test func `a stream that lasted makes it forget what was before`() {
        let prospect = CaptureProspect()
        prospect.failed(at: self.start)
        _ = prospect.brokeOff(after: .seconds(1), at: self.start)
        #expect(!prospect.brokeOff(after: .seconds(10), at: self.start))
        #expect(prospect.isWorthATry(at: self.start))
        #expect(!prospect.brokeOff(after: .seconds(1), at: self.start))
        #expect(!prospect.brokeOff(after: .seconds(1), at: self.start))
        #expect(prospect.brokeOff(after: .seconds(1), at: self.start))
    }

    @Test
    func `what needn't be kept is told for three seconds after a look at the standbys' names, and never before one`() {
        let consent = FlushConsent()
        #expect(!consent.isFresh(at: self.start))
        consent.given(at: self.start)
        #expect(consent.isFresh(at: self.start + .seconds(3)))
        #expect(!consent.isFresh(at: self.start + .milliseconds(3001)))
    }

    @Test func `hears itself in time, or is deaf`() throws {
        let probe = HearingProbe()
        #expect(probe.isAnswered)
        let first = try #require(probe.begin(7, at: self.start))
        #expect(!probe.isAnswered && probe.begin(7, at: self.start) == nil)
        probe.heard("somebody else's")
        try probe.check(at: self.start + .seconds(3))
        #expect(throws: FeedError.deaf) { try probe.check(at: self.start + .milliseconds(3001)) }
        probe.heard(first)
        #expect(probe.isAnswered)
        try probe.check(at: self.start + .seconds(60))
        #expect(probe.begin(7, at: self.start).map { $0 != first } == true)
    }
}
