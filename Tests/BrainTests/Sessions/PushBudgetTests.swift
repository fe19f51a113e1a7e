import Testing

@testable import Brain

@Suite struct PushBudgetTests {
    private let start = Moment.now

    @Test(arguments: [1, 3, 7, 2000, 9999, 1_000_000] as [Double])
    func `a full budget holds twice the rate, and grows by the rate`(rate: Double) {
        var budget = PushBudget(rate: rate)
        #expect(budget.take(.max, now: self.start) == Int(2 * rate))
        #expect(budget.take(.max, now: self.start) == 0)
        #expect(budget.take(.max, now: self.start + .seconds(1) + .nanoseconds(10)) == Int(rate))
    }

    @Test func `lets as many go as wait, and remembers the rest`() {
        var budget = PushBudget(rate: 10)
        #expect(budget.take(15, now: self.start) == 15)
        #expect(budget.take(15, now: self.start) == 5)
        #expect(budget.take(1, now: self.start) == 0)
    }

    @Test(arguments: [0, -3, .min])
    func `where nothing waits, nothing is taken`(count: Int) {
        var budget = PushBudget(rate: 10)
        #expect(budget.take(count, now: self.start) == 0)
        budget.spend(terminals: count, now: self.start)
        #expect(budget.take(.max, now: self.start) == 20)
    }

    @Test func `never holds more than the burst, however long nothing went`() {
        var budget = PushBudget(rate: 10)
        #expect(budget.take(20, now: self.start) == 20)
        #expect(budget.take(.max, now: self.start + .seconds(1_000_000)) == 20)
    }

    @Test(arguments: [0, -1, .nan, -.infinity, .infinity, 1e300] as [Double])
    func `zero, and what is no rate, lifts the limit`(rate: Double) {
        var budget = PushBudget(rate: rate)
        #expect(budget.take(1_000_000, now: self.start) == 1_000_000)
        budget.spend(terminals: 1_000_000, now: self.start)
        #expect(budget.nextToken(now: self.start) == self.start)
        #expect(budget.take(1_000_000, now: self.start) == 1_000_000)
    }

    @Test func `a budget slower than one in two seconds still holds one`() {
        var budget = PushBudget(rate: 0.000_1)
        #expect(budget.take(.max, now: self.start) == 1)
        #expect(budget.nextToken(now: self.start) == self.start + .nanoseconds(Int64(UInt32.max)))
    }

    @Test func `an update may go exactly when it is said that one may`() {
        var budget = PushBudget(rate: 4)
        #expect(budget.nextToken(now: self.start) == self.start)
        #expect(budget.take(7, now: self.start) == 7)
        #expect(budget.nextToken(now: self.start) == self.start)
        #expect(budget.take(2, now: self.start) == 1)
        let next = budget.nextToken(now: self.start)
        #expect(next == self.start + .milliseconds(250))
        #expect(budget.take(1, now: next + .nanoseconds(-1)) == 0)
        #expect(budget.take(1, now: next) == 1)
    }

    @Test func `terminal messages use up what updates could have had`() {
        var budget = PushBudget(rate: 10)
        budget.spend(terminals: 15, now: self.start)
        #expect(budget.take(.max, now: self.start) == 5)
        budget.spend(terminals: 3, now: self.start)
        #expect(budget.nextToken(now: self.start) == self.start + .milliseconds(400))
    }

    @Test(arguments: [30, 1000, Int.max])
    func `whatever terminal messages use up, updates go again after a second and a token's time`(count: Int) {
        var budget = PushBudget(rate: 10)
        budget.spend(terminals: count, now: self.start)
        budget.spend(terminals: count, now: self.start)
        #expect(budget.nextToken(now: self.start) == self.start + .milliseconds(1100))
        #expect(budget.take(.max, now: self.start + .milliseconds(1100)) == 1)
    }

    @Test func `a clock that goes back gives no tokens, and loses none that grow later`() {
        var budget = PushBudget(rate: 1)
        #expect(budget.take(.max, now: self.start) == 2)
        #expect(budget.take(.max, now: self.start + .seconds(-100)) == 0)
        budget.spend(terminals: 1, now: self.start + .seconds(-100))
        #expect(budget.take(.max, now: self.start + .seconds(1)) == 1)
    }

    @Test func `a session's budget takes 12 bytes`() {
        #expect(MemoryLayout<PushBudget>.size == 12)
    }
}
