import Testing

@testable import Supervision

struct RestartBudgetTests {
    private let now = ContinuousClock.now

    @Test func `grants as many restarts as the intensity and refuses the next`() {
        var budget = RestartBudget(RestartIntensity(restarts: 5, period: .seconds(30)))
        let answers = (0..<6).map { budget.failed(at: self.now + .seconds($0)) }
        #expect(answers == [true, true, true, true, true, false])
    }

    @Test func `a failure leaves the window exactly one period after it came`() {
        var budget = RestartBudget(RestartIntensity(restarts: 1, period: .seconds(30)))
        #expect(budget.failed(at: self.now) == true)
        #expect(budget.failed(at: self.now + .seconds(30) - .nanoseconds(1)) == false)
        #expect(budget.failed(at: self.now + .seconds(30)) == true)
    }

    @Test func `slides: it's the last period that counts, not a fixed one`() {
        var budget = RestartBudget(RestartIntensity(restarts: 2, period: .seconds(10)))
        #expect(budget.failed(at: self.now) == true)
        #expect(budget.failed(at: self.now + .seconds(9)) == true)
        #expect(budget.failed(at: self.now + .seconds(11)) == true)
        #expect(budget.failed(at: self.now + .seconds(18)) == false)
    }

    @Test func `an intensity of none grants none`() {
        var budget = RestartBudget(RestartIntensity(restarts: 0, period: .seconds(30)))
        #expect(budget.failed(at: self.now) == false)
        #expect(budget.attempt == 0)
    }

    @Test func `counts the attempts in a row, and from one again after a quiet period`() {
        var budget = RestartBudget(RestartIntensity())
        var attempts: [Int] = []
        for second in [0, 1, 2, 60] {
            _ = budget.failed(at: self.now + .seconds(second))
            attempts.append(budget.attempt)
        }
        #expect(attempts == [1, 2, 3, 1])
    }

    @Test func `slides by the time of being well alone, and by no more than passed since the failure before`() {
        var budget = RestartBudget(RestartIntensity(restarts: 2, period: .seconds(10)))
        let failures: [(at: Int, well: Int)] = [(0, 0), (100, 4), (200, 5), (202, 3600), (212, 3600)]
        let answers = failures.map { budget.failed(at: self.now + .seconds($0.at), wellFor: .seconds($0.well)) }
        #expect(answers == [true, true, false, true, true])
    }

    @Test func `one that is never well has its restarts once, in however long a time`() {
        var budget = RestartBudget(RestartIntensity())
        let answers = (0..<6).map { budget.failed(at: self.now + .seconds($0 * 3600), wellFor: .zero) }
        #expect(answers == [true, true, true, true, true, false])
    }

    @Test func `remembers no more than it granted`() {
        var budget = RestartBudget(RestartIntensity(restarts: 3, period: .seconds(30)))
        for _ in 0..<1000 { _ = budget.failed(at: self.now) }
        #expect(budget.attempt == 3)
    }
}
