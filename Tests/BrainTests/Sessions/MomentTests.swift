import Testing

@testable import Brain

@Suite struct MomentTests {
    @Test func `is the same point in time as the instant it was made of, to the nanosecond`() {
        let instant = ContinuousClock.now
        let moment = Moment(instant)
        #expect(abs((moment.instant - instant) / .nanoseconds(1)) < 1)
        #expect(Moment(instant + .seconds(3)) - moment == .seconds(3))
        #expect(Moment(instant - .seconds(3)) < moment)
    }

    @Test func `reckons like an instant, and clamps what is beyond it`() {
        let moment = Moment(nanoseconds: 5)
        #expect(moment + .nanoseconds(-7) == Moment(nanoseconds: -2))
        #expect(moment - Moment(nanoseconds: -2) == .nanoseconds(7))
        #expect(moment + .seconds(Int64.max) == Moment(nanoseconds: .max))
        #expect(Moment(nanoseconds: -5) + .seconds(Int64.min) == Moment(nanoseconds: .min))
        #expect(Moment(nanoseconds: .max) - Moment(nanoseconds: .min) > .seconds(Int64(1) << 33))
    }

    @Test func `takes 8 bytes`() {
        #expect(MemoryLayout<Moment>.size == 8)
    }
}
