import Foundation
import Testing

@testable import BrainSoak

struct SoakFaultTests {
    private static let said: [(SoakFault, String)] = [
        (.terminateBackends, "Brain's backends are terminated"),
        (.restartPostgres(.stop), "PostgreSQL is stopped"),
        (.restartPostgres(.crash), "PostgreSQL is crashed"),
        (.restartPostgres(.kill), "PostgreSQL is killed"),
        (.pauseDaemon(.milliseconds(2960)), "the daemon stands still for 3.0 s"),
        (.child("broadcaster", .hang), "broadcaster hangs"),
        (.child("acceptor", .throw), "acceptor throws"),
        (.child("change-feed", .slow), "change-feed is slow"),
        (.sessions(.hang, count: 1), "1 session hangs"),
        (.sessions(.throw, count: 20), "20 sessions throw"),
        (.exhaustDescriptors(.milliseconds(1234)), "no descriptors for 1.2 s"),
        (.resetClients(count: 12), "12 clients reset"),
    ]

    @Test(arguments: Self.said)
    func `a fault says itself in a few words`(_ fault: SoakFault, _ words: String) {
        #expect(fault.description == words)
    }

    @Test(arguments: Self.said.map(\.0))
    func `a planned fault is read as it was written`(_ fault: SoakFault) throws {
        let planned = PlannedFault(at: .milliseconds(1500), kind: .broadcaster, fault: fault)
        let data = try JSONEncoder().encode(planned)
        #expect(try JSONDecoder().decode(PlannedFault.self, from: data) == planned)
    }
}
