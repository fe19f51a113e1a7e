import Testing

@testable import Supervision

struct LivenessWatchTests {
    private let start = ContinuousClock.now

    private func watch() -> LivenessWatch {
        LivenessWatch(Liveness(interval: .seconds(2), deadline: .seconds(10)), since: self.start)
    }

    @Test func `asks first one interval after the start, and again each interval while answered`() {
        var watch = self.watch()
        #expect(watch.tick(now: self.start + .milliseconds(1999)) == .none)
        for second in [2, 4, 6] {
            #expect(watch.tick(now: self.start + .seconds(second)) == .ask)
            watch.answered()
        }
        #expect(watch.nextRound == self.start + .seconds(8))
    }

    @Test func `asks no second question while one is open, and finds it unanswered after the deadline`() {
        var watch = self.watch()
        let actions = [2, 4, 6, 8, 10, 12].map { watch.tick(now: self.start + .seconds($0)) }
        #expect(actions == [.ask, .none, .none, .none, .none, .unresponsive])
    }

    @Test func `an answer just before the deadline clears all silence`() {
        var watch = self.watch()
        for second in [2, 4, 6, 8, 10] { _ = watch.tick(now: self.start + .seconds(second)) }
        watch.answered()
        #expect(watch.tick(now: self.start + .seconds(12)) == .ask)
        #expect(watch.tick(now: self.start + .seconds(14)) == .none)
    }

    @Test func `speaks for the time up to the last question answered, once a round found one unanswered`() {
        var watch = self.watch()
        #expect(watch.wellUntil(self.start + .seconds(1)) == self.start + .seconds(1))
        _ = watch.tick(now: self.start + .seconds(2))
        #expect(watch.wellUntil(self.start + .seconds(3)) == self.start + .seconds(3))
        watch.answered()
        _ = watch.tick(now: self.start + .seconds(4))
        _ = watch.tick(now: self.start + .seconds(6))
        #expect(watch.wellUntil(self.start + .seconds(7)) == self.start + .seconds(2))
    }

    @Test func `a process that was suspended for an hour doesn't take its children for dead`() {
        var watch = self.watch()
        #expect(watch.tick(now: self.start + .seconds(2)) == .ask)
        #expect(watch.tick(now: self.start + .seconds(3600)) == .none)
        #expect(watch.tick(now: self.start + .seconds(7200)) == .none)
        #expect(watch.tick(now: self.start + .seconds(10_800)) == .unresponsive)
    }
}
