import ArgumentParser
import Testing

@testable import BrainSoak

struct SoakPlanTests {
    private func shares(of clients: Int) -> [ClientKind: Int] {
        var plan = SoakPlan(seed: 1)
        plan.clients = clients
        return Dictionary(plan.kinds.map { ($0, 1) }, uniquingKeysWith: +)
    }

    @Test func `of a thousand clients eighty are strange`() {
        #expect(self.shares(of: 1000) == [.steady: 920, .churning: 50, .slow: 20, .halfOpen: 10])
    }

    @Test func `of a few clients one of each kind is strange, of fewer none`() {
        #expect(self.shares(of: 8) == [.steady: 5, .churning: 1, .slow: 1, .halfOpen: 1])
        #expect(self.shares(of: 7) == [.steady: 7])
    }

    @Test(arguments: [
        ([FaultKind.someSessions], 12, true), ([.someSessions], 30, false), ([.someSessions, .broadcaster], 15, true),
        (FaultKind.allCases, 10, false), ([.broadcaster], 12, false), ([.someSessions], 0, false),
    ])
    func `one session may fail four times a minute where its kind comes often`(
        _ faults: [FaultKind],
        _ interval: Int,
        _ may: Bool
    ) {
        var plan = SoakPlan(seed: 1)
        (plan.faults, plan.faultInterval) = (faults, .seconds(interval))
        #expect(plan.mayExhaustSession == may)
    }

    @Test func `each run is one writer's, and no two do the same`() {
        var plan = SoakPlan(seed: 1)
        plan.runs = 10
        var firsts: [Int: Int] = [:]
        for (number, script) in plan.scripts.enumerated() {
            var script = script
            for step in (0..<20).flatMap({ _ in script.next { _ in true }.steps }) {
                #expect(firsts[step.run, default: number] == number)
                firsts[step.run] = number
            }
        }
        #expect(Set(firsts.keys) == Set(0..<10))
    }

    @Test(arguments: [
        ("broadcaster", [FaultKind.broadcaster]),
        ("backends, postgres,session", [.terminateBackends, .restartPostgres, .someSessions]),
    ])
    func `kinds of faults come with commas between them`(_ text: String, _ kinds: [FaultKind]) {
        #expect(FaultKinds(argument: text)?.kinds == kinds)
    }

    @Test(arguments: ["", ",", "nobody", "broadcaster,nobody"])
    func `what is no kind of fault is refused`(_ text: String) {
        #expect(FaultKinds(argument: text) == nil)
    }

    @Test(arguments: [
        ["--minutes", "0"], ["--minutes", "nan"], ["--clients", "0"], ["--clients", "50001"], ["--runs", "3"],
        ["--rate", "0"], ["--fault-interval", "-1"], ["--faults", "backends", "--fault-interval", "5"],
        ["--faults", "acceptor", "--fault-interval", "25"],
        ["--faults", "acceptor,backends", "--fault-interval", "12"],
    ])
    func `what can't be run is refused`(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try BrainSoakCommand.parse(arguments) }
    }

    @Test(arguments: [
        ["--fault-interval", "0", "--faults", "acceptor"], ["--faults", "acceptor", "--fault-interval", "26"],
        ["--faults", "backends", "--fault-interval", "6"], ["--faults", "acceptor,backends", "--fault-interval", "13"],
        ["--fault-interval", "6"],
    ])
    func `a child has the time to be well again before its next fault`(_ arguments: [String]) throws {
        _ = try BrainSoakCommand.parse(arguments)
    }
}
