import Testing

@testable import BrainSoak

struct SoakOraclePropertyTests {
    private static let seeds = UInt64(1)...8
    private static let turns = 4000

    @Test(arguments: Self.seeds)
    func `a Brain that keeps its promises has no loss`(_ seed: UInt64) {
        var brain = SimulatedBrain(seed: seed)
        for _ in 0..<Self.turns { brain.turn() }
        brain.settle()
        brain.look(after: .seconds(1000))
        #expect(brain.oracle.losses == SoakLosses())
        #expect(brain.oracle.complaints(against: brain.table).isEmpty)
        #expect(brain.oracle.unsettled() == 0)
        let counts = brain.oracle.counts
        #expect(counts.committed + counts.abandoned == counts.announced)
        #expect(min(counts.abandoned, counts.unobservedTerminals, counts.left.cut, counts.heard / 1000) > 0)
    }

    @Test(arguments: Self.seeds, PlantedFault.allCases)
    func `a Brain that breaks one once has that loss alone`(_ seed: UInt64, _ fault: PlantedFault) {
        var brain = SimulatedBrain(seed: seed)
        for _ in 0..<Self.turns / 4 { brain.turn() }
        brain.plant(fault)
        #expect(brain.oracle.unsettled() == (fault == .dropLast ? 1 : 0))
        #expect(brain.oracle.complaints(against: brain.table).count == brain.oracle.unsettled())
        brain.look(after: .seconds(61))
        for _ in 0..<Self.turns / 4 { brain.turn() }
        brain.finish()
        #expect(brain.oracle.losses.counts == [fault.loss: 1])
        #expect(brain.oracle.losses.first.first?.client == 0)
        #expect(brain.oracle.complaints(against: brain.table).isEmpty)
    }
}
