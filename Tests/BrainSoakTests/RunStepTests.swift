import Testing

@testable import BrainSoak

struct RunStepTests {
    @Test(arguments: [(0, "soak-000000"), (42, "soak-000042"), (999_999, "soak-999999")])
    func `an id has its digits at a fixed place`(_ run: Int, _ id: String) {
        #expect(RunStep.id(ofRun: run) == id)
    }
}
