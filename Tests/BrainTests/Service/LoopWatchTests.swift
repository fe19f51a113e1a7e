import Testing

@testable import Brain

@Suite struct LoopWatchTests {
    private let start = ContinuousClock.now

    private func watch(_ count: Int = 1, feedInterval: Duration? = nil) -> LoopWatch {
        LoopWatch(count: count, feedInterval: feedInterval, now: self.start)
    }

    /// Looks at each of the seconds, and answers for those that were asked.
    private func look(
        _ watch: inout LoopWatch,
        at seconds: ClosedRange<Int>,
        except mute: Int? = nil
    ) -> [LoopWatch.Action] {
        seconds.flatMap { second in
            let actions = watch.look(now: self.start + .seconds(second))
            for case .ask(let index) in actions where index != mute { #expect(watch.answered(index) == nil) }
            return actions
        }
    }

    @Test func `asks everybody at once, and again each second while they answer`() {
        var watch = self.watch(2)
        #expect(self.look(&watch, at: 0...1) == [.ask(0), .ask(1), .ask(0), .ask(1)])
        #expect(watch.look(now: self.start + .milliseconds(1999)) == [])
        #expect(watch.nextLook == self.start + .seconds(2))
    }

    @Test func `who owes an answer is not asked again, is told silent once after 5 s, and the others go on`() {
        var watch = self.watch(2)
        let actions = self.look(&watch, at: 0...9, except: 0).filter { $0 != .ask(1) }
        #expect(actions == [.ask(0), .silent(0)])
        #expect(watch.silent == [0])
    }

    @Test func `an answer ends the silence, tells how long it was, and lets ask again`() {
        var watch = self.watch()
        _ = self.look(&watch, at: 0...7, except: 0)
        #expect(watch.answered(0) == .seconds(7))
        #expect(watch.silent == [])
        #expect(watch.answered(0) == nil)
        #expect(self.look(&watch, at: 8...8) == [.ask(0)])
    }

    @Test func `an answer just before the bound is nothing to speak of`() {
        var watch = self.watch()
        _ = self.look(&watch, at: 0...4, except: 0)
        #expect(watch.answered(0) == nil)
    }

    @Test func `a process that was suspended for an hour takes nobody for silent`() {
        var watch = self.watch()
        #expect(self.look(&watch, at: 0...0, except: 0) == [.ask(0)])
        for hour in 1...2 { #expect(watch.look(now: self.start + .seconds(hour * 3600)) == []) }
        #expect(watch.look(now: self.start + .seconds(3 * 3600)) == [.silent(0)])
    }

    @Test func `feeds at the start and then once an interval, while nobody is silent`() {
        var watch = self.watch(feedInterval: .seconds(15))
        let feeds = (0...60).filter { self.look(&watch, at: $0...$0).contains(.feed) }
        #expect(feeds == [0, 15, 30, 45, 60])
    }

    @Test func `doesn't feed while somebody is silent, and does at once when that is over`() {
        var watch = self.watch(2, feedInterval: .seconds(15))
        #expect(self.look(&watch, at: 0...100, except: 1).filter { $0 == .feed }.count == 1)
        _ = watch.answered(1)
        #expect(self.look(&watch, at: 101...101).last == .feed)
    }

    @Test func `without a watchdog nobody is fed`() {
        var watch = self.watch()
        #expect(!self.look(&watch, at: 0...100).contains(.feed))
    }

    @Test func `looks four times in an interval of an impatient watchdog`() {
        var watch = self.watch(feedInterval: .milliseconds(100))
        _ = watch.look(now: self.start)
        #expect(watch.nextLook == self.start + .milliseconds(25))
        var zero = self.watch(feedInterval: .zero)
        _ = zero.look(now: self.start)
        #expect(zero.nextLook == self.start + .milliseconds(1))
    }

    @Test func `an answer of somebody it doesn't know changes nothing`() {
        var watch = self.watch()
        #expect(watch.answered(1) == nil && watch.answered(-1) == nil)
    }
}
