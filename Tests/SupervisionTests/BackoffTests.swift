import Testing

@testable import Supervision

struct BackoffTests {
    @Test func `doubles up to the maximum`() {
        let delays = (1...7).map { Backoff().delay(attempt: $0, random: 0) }
        #expect(delays == [100, 200, 400, 800, 1600, 2000, 2000].map { .milliseconds($0) })
    }

    @Test func `chance takes off up to its share and adds nothing`() {
        let backoff = Backoff(initial: .seconds(1), factor: 2, maximum: .seconds(8), jitter: 0.5)
        #expect(backoff.delay(attempt: 2, random: 0) == .seconds(2))
        #expect(backoff.delay(attempt: 2, random: 0.5) == .milliseconds(1500))
        #expect(backoff.delay(attempt: 2, random: 0.999) > .seconds(1))
    }

    @Test func `a first pause over the maximum is cut`() {
        let backoff = Backoff(initial: .seconds(9), factor: 2, maximum: .seconds(3), jitter: 0)
        #expect(backoff.delay(attempt: 1, random: 0) == .seconds(3))
    }

    @Test func `a huge attempt neither overflows nor exceeds the maximum`() {
        #expect(Backoff().delay(attempt: .max, random: 0) == .seconds(2))
    }

    @Test func `five restarts in a row fit into the default period`() {
        let total = (1...5).map { Backoff().delay(attempt: $0, random: 0) }.reduce(.zero, +)
        #expect(total < RestartIntensity().period)
    }
}
