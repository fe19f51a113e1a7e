import Testing

@testable import Brain

@Suite struct DeadlineWheelTests {
    private let start = Moment.now

    private func wheel(slots: Int = 8) -> DeadlineWheel<String> {
        DeadlineWheel(tick: .milliseconds(10), slots: slots, now: self.start)
    }

    private func at(_ milliseconds: Double) -> Moment {
        self.start + .microseconds(Int64(milliseconds * 1000))
    }

    @Test func `returns an element with the first tick at or after its deadline, once`() {
        var wheel = self.wheel()
        wheel.schedule("on a tick", at: self.at(20))
        wheel.schedule("between two", at: self.at(20.001))
        #expect(wheel.count == 2)
        #expect(wheel.advance(to: self.at(19.999)) == [])
        #expect(wheel.advance(to: self.at(20)) == ["on a tick"])
        #expect(wheel.advance(to: self.at(29.999)) == [])
        #expect(wheel.advance(to: self.at(30)) == ["between two"])
        #expect(wheel.count == 0)
        #expect(wheel.advance(to: self.at(1000)) == [])
    }

    @Test func `a deadline that has passed comes with the next tick`() {
        var wheel = self.wheel()
        #expect(wheel.advance(to: self.at(45)) == [])
        wheel.schedule("late", at: self.at(12))
        wheel.schedule("before the start", at: self.start + .seconds(-5))
        wheel.schedule("now", at: self.at(45))
        #expect(wheel.advance(to: self.at(49)) == [])
        #expect(wheel.advance(to: self.at(50)) == ["late", "before the start", "now"])
    }

    @Test func `a deadline some revolutions away comes round to its own`() {
        var wheel = self.wheel()
        wheel.schedule("far", at: self.at(250))
        wheel.schedule("near", at: self.at(10))
        var returned: [Double: [String]] = [:]
        for milliseconds in stride(from: 10.0, through: 300, by: 10) {
            let due = wheel.advance(to: self.at(milliseconds))
            if !due.isEmpty { returned[milliseconds] = due }
        }
        #expect(returned == [10: ["near"], 250: ["far"]])
    }

    @Test func `a jump over many revolutions returns what is due, and leaves what isn't`() {
        var wheel = self.wheel()
        for index in 0..<20 { wheel.schedule("\(index)", at: self.at(Double(index) * 7)) }
        wheel.schedule("in 300 years", at: Moment(nanoseconds: .max))
        #expect(Set(wheel.advance(to: self.start + .seconds(100 * 365 * 86_400))) == Set((0..<20).map { "\($0)" }))
        wheel.schedule("after the jump", at: self.start)
        #expect(wheel.advance(to: self.start + .seconds(101 * 365 * 86_400)) == ["after the jump"])
        #expect(wheel.count == 1)
        #expect(wheel.advance(to: Moment(nanoseconds: .max)) == [])
    }

    @Test func `a clock that goes back is due nothing`() {
        var wheel = self.wheel()
        wheel.schedule("a", at: self.at(30))
        #expect(wheel.advance(to: self.at(20)) == [])
        #expect(wheel.advance(to: self.at(-1000)) == [])
        #expect(wheel.advance(to: self.at(10)) == [])
        #expect(wheel.advance(to: self.at(30)) == ["a"])
    }

    @Test func `without room for a slot, or time for a tick, it still turns`() {
        var wheel = DeadlineWheel<Int>(tick: .zero, slots: 0, now: self.start)
        wheel.schedule(1, at: self.start + .nanoseconds(3))
        #expect(wheel.advance(to: self.start + .nanoseconds(2)) == [])
        #expect(wheel.advance(to: self.start + .nanoseconds(3)) == [1])
    }

    @Test(arguments: UInt64(0)..<100)
    func `returns each element once, never early, and less than a tick late beyond the call`(seed: UInt64) {
        var random = Seeded(seed: seed)
        let tick = Int64.random(in: 1...20, using: &random)
        var now = Moment(nanoseconds: .random(in: -1000...1000, using: &random))
        var wheel = DeadlineWheel<Int>(tick: .nanoseconds(tick), slots: .random(in: 1...16, using: &random), now: now)
        /// When each could first be returned.
        var waiting: [Int: Moment] = [:]
        for index in 0..<500 {
            let deadline = now + .nanoseconds(.random(in: -10...400, using: &random))
            wheel.schedule(index, at: deadline)
            waiting[index] = max(deadline, now)
            guard Bool.random(using: &random) else { continue }
            // Now and then over many revolutions.
            now = now + .nanoseconds(.random(in: 0...(index % 50 == 0 ? 5000 : 40), using: &random))
            let due = wheel.advance(to: now)
            #expect(due.allSatisfy { waiting.removeValue(forKey: $0).map { $0 <= now } ?? false })
            #expect(waiting.values.allSatisfy { $0 + .nanoseconds(tick) > now })
            #expect(wheel.count == waiting.count)
        }
    }
}
