import Testing

@testable import BrainSoak

struct FaultPlanTests {
    @Test func `a seed decides all, in whatever order the kinds are named`() {
        let plan = FaultPlan(seed: 5, duration: .seconds(3600))
        let same = FaultPlan(seed: 5, duration: .seconds(3600), kinds: FaultKind.allCases.reversed())
        #expect(Array(plan) == Array(plan))
        #expect(Array(plan) == Array(same))
        #expect(Array(plan) != Array(FaultPlan(seed: 6, duration: .seconds(3600))))
    }

    @Test func `a longer run begins as a shorter one`() {
        let short = Array(FaultPlan(seed: 5, duration: .seconds(600)))
        #expect(Array(FaultPlan(seed: 5, duration: .seconds(6000)).prefix(short.count)) == short)
    }

    @Test(arguments: [(600, 10, 570), (60, 10, 40), (100, 5, 75), (8, 1, 6)])
    func `faults are an interval apart, and the end is quiet`(_ duration: Int, _ interval: Int, _ last: Int) {
        let plan = FaultPlan(seed: 1, duration: .seconds(duration), interval: .seconds(interval))
        let moments = stride(from: interval, through: last, by: interval).map { Duration.seconds($0) }
        #expect(plan.map(\.at) == moments)
    }

    @Test(arguments: UInt64(1)...50)
    func `each kind comes once a round, and none twice in a row`(_ seed: UInt64) {
        let kinds: [FaultKind] = [.broadcaster, .pauseDaemon, .resetClients]
        let faults = FaultPlan(seed: seed, duration: .seconds(6030), kinds: kinds).map(\.kind)
        #expect(faults.count == 600)
        for start in stride(from: 0, to: faults.count, by: 3) {
            #expect(Set(faults[start..<start + 3]) == Set(kinds))
        }
        #expect(zip(faults, faults.dropFirst()).allSatisfy { $0 != $1 })
        #expect(Set(stride(from: 0, to: faults.count, by: 3).map { faults[$0] }) == Set(kinds))
    }

    @Test func `a child is never near the restarts that end the daemon`() {
        let faults = Array(FaultPlan(seed: 3, duration: .seconds(86_400)))
        for kind in FaultKind.allCases {
            let moments = faults.filter { $0.kind == kind }.map(\.at)
            #expect(zip(moments, moments.dropFirst(2)).allSatisfy { $1 - $0 > .seconds(30) })
        }
    }

    @Test func `all that may go wrong does, within its bounds`() {
        let faults = FaultPlan(seed: 9, duration: .seconds(500_000)).map(\.fault)
        let ends = PostgresEnd.allCases.map { SoakFault.restartPostgres($0) }
        let children = FaultKind.allCases.compactMap(\.child).flatMap { child in
            FaultWay.allCases.map { SoakFault.child(child, $0) }
        }
        let sessions = (1...20).flatMap { [SoakFault.sessions(.throw, count: $0), .sessions(.hang, count: $0)] }
        let resets = (1...100).map { SoakFault.resetClients(count: $0) }
        let counted = [.terminateBackends] + ends + children + sessions + resets
        #expect(Set(faults.filter { self.time(of: $0) == nil }) == Set(counted))
        let times = faults.compactMap(self.time)
        #expect(times.allSatisfy { $0.bounds.contains($0.time) })
        #expect(Set(times.map(\.bounds)).count == 2)
    }

    private func time(of fault: SoakFault) -> (bounds: ClosedRange<Duration>, time: Duration)? {
        switch fault {
        case .pauseDaemon(let time): (.milliseconds(500)...(.seconds(3)), time)
        case .exhaustDescriptors(let time): (.seconds(1)...(.seconds(3)), time)
        default: nil
        }
    }

    @Test func `the children are those of the tree`() {
        let names = FaultKind.allCases.compactMap(\.child)
        #expect(
            names == [
                "change-feed", "runs-repository", "rate-governor", "broadcaster", "sessions", "auditor", "acceptor",
            ]
        )
    }

    @Test func `no kinds, no interval and no time are no faults`() {
        #expect(Array(FaultPlan(seed: 1, duration: .seconds(100), kinds: [])).isEmpty)
        #expect(Array(FaultPlan(seed: 1, duration: .seconds(100), interval: .zero)).isEmpty)
        #expect(Array(FaultPlan(seed: 1, duration: .zero)).isEmpty)
        #expect(Array(FaultPlan(seed: 1, duration: .seconds(100), quiet: .seconds(95))).isEmpty)
    }

    @Test func `one kind alone follows itself`() {
        let faults = FaultPlan(seed: 1, duration: .seconds(100), kinds: [.auditor]).map(\.kind)
        #expect(faults == Array(repeating: .auditor, count: 7))
    }
}
