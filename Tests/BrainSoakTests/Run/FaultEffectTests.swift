import Testing

@testable import BrainSoak

struct FaultEffectTests {
    private var effect = FaultEffect()
    private let start = ContinuousClock.now

    private static let resets = PlannedFault(at: .zero, kind: .resetClients, fault: .resetClients(count: 1))
    private static let hang = PlannedFault(at: .zero, kind: .broadcaster, fault: .child("broadcaster", .hang))

    @Test mutating func `a fault has its effect for a while, and then there is none`() {
        #expect(self.effect.began(Self.resets, now: self.start) == .after(.resetClients))
        #expect(self.effect.tick(now: self.start + .seconds(4)) == nil)
        #expect(self.effect.tick(now: self.start + .seconds(5)) == .quiet)
        #expect(self.effect.tick(now: self.start + .seconds(6)) == nil)
    }

    private static let silentSessions = PlannedFault(at: .zero, kind: .someSessions, fault: .sessions(.hang, count: 2))

    @Test mutating func `sessions that hang do so for a while, and what comes meanwhile isn't their doing`() {
        #expect(self.effect.began(Self.silentSessions, now: self.start) == .after(.someSessions))
        #expect(self.effect.tick(now: self.start + .seconds(14)) == nil)
        #expect(self.effect.began(Self.resets, now: self.start + .seconds(14)) == .after(.resetClients))
    }

    @Test(arguments: [Self.resets, Self.silentSessions])
    mutating func `for a while, what comes after a child's hang is the hang's doing`(_ next: PlannedFault) {
        #expect(self.effect.began(Self.hang, now: self.start) == .after(.broadcaster))
        #expect(self.effect.began(next, now: self.start + .seconds(10)) == nil)
        #expect(self.effect.tick(now: self.start + .seconds(14)) == nil)
        #expect(self.effect.tick(now: self.start + .seconds(15)) == .quiet)
    }

    @Test mutating func `of two hangs in a row, the second is what lasts`() {
        _ = self.effect.began(Self.hang, now: self.start)
        let next = PlannedFault(at: .zero, kind: .changeFeed, fault: .child("change-feed", .hang))
        #expect(self.effect.began(next, now: self.start + .seconds(10)) == .after(.changeFeed))
        #expect(self.effect.tick(now: self.start + .seconds(24)) == nil)
        #expect(self.effect.tick(now: self.start + .seconds(25)) == .quiet)
    }
}
