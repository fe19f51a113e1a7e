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
}
