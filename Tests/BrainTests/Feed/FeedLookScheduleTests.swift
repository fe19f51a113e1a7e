import Testing

@testable import Brain

struct FeedLookScheduleTests {
    private let start = ContinuousClock.now

    private func schedule() -> LookSchedule {
        var schedule = LookSchedule(pace: LookPace(), now: self.start)
        schedule.ended(.compare, took: .milliseconds(1), now: self.start)
        return schedule
    }

    @Test func `begins with the whole table`() {
        #expect(LookSchedule(pace: LookPace(), now: self.start).due(now: self.start) == .compare)
    }

    @Test func `sweeps each 200 ms and compares each 2 s while that is cheap`() {
        let schedule = self.schedule()
        #expect(schedule.due(now: self.start + .milliseconds(199)) == nil)
        #expect(schedule.due(now: self.start + .milliseconds(200)) == .sweep)
        #expect(schedule.due(now: self.start + .seconds(2)) == .compare)
    }

    @Test func `looks less often at what takes long`() {
        var schedule = LookSchedule(pace: LookPace(), now: self.start)
        schedule.ended(.compare, took: .milliseconds(160), now: self.start)
        schedule.ended(.sweep, took: .milliseconds(100), now: self.start)
        #expect(schedule.due(now: self.start + .milliseconds(999)) == nil)
        #expect(schedule.due(now: self.start + .milliseconds(1000)) == .sweep)
        #expect(schedule.due(now: self.start + .seconds(10)) == .sweep)
        #expect(schedule.due(now: self.start + .seconds(10.24)) == .compare)
    }

    @Test func `sweeps each 5 s at the latest, whatever it takes`() {
        var schedule = LookSchedule(pace: LookPace(), now: self.start)
        schedule.ended(.compare, took: .seconds(60), now: self.start)
        schedule.ended(.sweep, took: .seconds(60), now: self.start)
        #expect(schedule.due(now: self.start + .seconds(4.9)) == nil)
        #expect(schedule.due(now: self.start + .seconds(5)) == .sweep)
    }

    @Test func `compares soon when asked, once a second at most`() {
        var schedule = self.schedule()
        for _ in 1...10 {
            schedule.askedForCompare(now: self.start)
        }
        #expect(schedule.due(now: self.start + .milliseconds(999)) == .sweep)
        #expect(schedule.due(now: self.start + .seconds(1)) == .compare)
    }

    @Test func `looks seldom while notifications are relied on, and at once when they can't be`() {
        var schedule = self.schedule()
        schedule.relaxed(true, now: self.start)
        schedule.ended(.compare, took: .milliseconds(1), now: self.start)
        #expect(schedule.due(now: self.start + .seconds(29)) == nil)
        #expect(schedule.due(now: self.start + .seconds(30)) == .sweep)
        #expect(schedule.due(now: self.start + .seconds(600)) == .compare)
        schedule.relaxed(false, now: self.start + .seconds(1))
        #expect(schedule.due(now: self.start + .seconds(1)) == .compare)
    }
}
