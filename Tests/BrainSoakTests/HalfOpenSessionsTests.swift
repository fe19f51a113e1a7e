import BrainTestKit
import Testing

@testable import BrainSoak

struct HalfOpenSessionsTests {
    private func session(_ agent: String?, _ age: Double) -> DaemonJSON {
        .object(["user_agent": agent.map { .string($0) } ?? .null, "age_seconds": .number(age)])
    }

    private func overdue(_ sessions: DaemonJSON...) -> Int {
        HalfOpenSessions.overdue(in: .object(["sessions": .array(sessions)]))
    }

    @Test func `a session whose client never answers is overdue after 40 s`() {
        #expect(self.overdue(self.session("soak/3/halfOpen", 40)) == 0)
        #expect(self.overdue(self.session("soak/3/halfOpen", 40.1), self.session("soak/4/halfOpen", 99)) == 2)
    }

    @Test(arguments: ["soak/3/steady", "soak/3/slow", "curl/8", nil])
    func `others may get as old as they like`(_ agent: String?) {
        #expect(self.overdue(self.session(agent, 4000)) == 0)
    }

    @Test func `where there is no list, none is overdue`() {
        #expect(HalfOpenSessions.overdue(in: .null) == 0)
    }
}
