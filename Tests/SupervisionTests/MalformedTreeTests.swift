import Testing

@testable import Supervision

/// Trees that make no sense are refused before anything starts.
struct MalformedTreeTests {
    private static func spec(_ id: String, start: Duration = .seconds(30), stop: Duration = .zero) -> ChildSpec {
        ChildSpec(id: id, purpose: "", startDeadline: start, stopDeadline: stop) {
            Issue.record("\(id) was made")
            return FakeChild(Nursery(id))
        }
    }

    private func faults(of supervisor: Supervisor) async -> [String] {
        do throws(SupervisionFailure) {
            try await supervisor.run()
            return []
        } catch {
            guard case .malformed("root", let faults) = error else { return ["\(error)"] }
            return faults
        }
    }

    private func faults(
        _ children: [ChildSpec],
        intensity: RestartIntensity = RestartIntensity(),
        backoff: Backoff = Backoff(),
        liveness: Liveness = Liveness()
    ) async -> [String] {
        await self.faults(
            of: Supervisor(
                id: "root",
                intensity: intensity,
                backoff: backoff,
                liveness: liveness,
                children: children,
                onEvent: { _ in }
            )
        )
    }

    @Test func `two children of one name, though deep below`() async {
        let pool = ChildSpec.supervisor(id: "pool", purpose: "", children: [Self.spec("a"), Self.spec("a")])
        #expect(await self.faults([Self.spec("a"), pool]) == ["pool: two children are called a"])
        #expect(await self.faults([Self.spec("b"), Self.spec("b")]) == ["two children are called b"])
    }

    @Test(arguments: ["", "a/b"])
    func `a name that makes paths ambiguous`(id: String) async {
        #expect(await self.faults([Self.spec(id)]) == ["\(id): an id is not empty and has no slash"])
    }

    @Test func `numbers without a meaning, all of them named`() async {
        let faults = await self.faults(
            [Self.spec("a", start: .zero), Self.spec("b", stop: .seconds(-1))],
            intensity: RestartIntensity(restarts: 1, period: .zero),
            backoff: Backoff(factor: 0.5),
            liveness: Liveness(interval: .zero)
        )
        #expect(faults.count == 5)
        #expect(faults.contains("a: a start deadline is above 0, a stop deadline 0 at least"))
        #expect(faults.contains("b: a start deadline is above 0, a stop deadline 0 at least"))
    }

    @Test(arguments: [
        ChildTemplate(liveness: Liveness(interval: .zero)), ChildTemplate(storm: RestartIntensity(restarts: -1)),
        ChildTemplate(backoff: Backoff(jitter: 2)), ChildTemplate(startDeadline: .zero),
    ])
    func `a template without a meaning fails the start of its dynamic supervisor`(template: ChildTemplate) async {
        let jobs = DynamicSupervisor(template: template, limit: 1) { (_: Int) in FakeChild(Nursery("job")) }
        let supervisor = Supervisor(id: "root", children: [jobs.spec(id: "jobs", purpose: "")], onEvent: { _ in })
        let faults = await self.faults(of: supervisor)
        #expect(faults.count == 1 && faults.first?.hasPrefix("jobs: the template: ") == true, "\(faults)")
    }
}
