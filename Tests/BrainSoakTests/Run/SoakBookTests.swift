import BrainTestKit
import Testing

@testable import BrainSoak

struct SoakBookTests {
    private let book: SoakBook

    init() {
        var plan = SoakPlan(seed: 1)
        (plan.runs, plan.clients) = (4, 1)
        let oracle = SharedOracle(SoakOracle(runs: plan.runs, clients: plan.kinds))
        self.book = SoakBook(plan.setup(postgres: "15", capture: "wal"), oracle: oracle)
    }

    private var draft: SoakReport { self.book.draft(RestartDesk()) }

    private func audit(_ at: Int, _ findings: String...) {
        self.book.audited(.object(["at": .string("\(at)"), "findings": .array(findings.map { .string($0) })]), at: at)
    }

    @Test func `a finding counts as often as an audit has it after another one`() {
        self.audit(5, "a leak")
        self.audit(10, "a leak", "another")
        self.audit(15, "a leak")
        #expect(self.draft.findings.count == 2 && self.draft.objects.audits == 3)
        #expect(self.draft.sights.count == 4)
    }

    @Test func `an audit that is seen twice counts once`() {
        for _ in 1...2 { self.audit(5, "a leak", "child broadcaster is restarting") }
        #expect(self.draft.findings.count == 0 && self.draft.objects.audits == 1)
    }

    @Test func `an audit that was never made is none`() {
        self.book.audited(.object(["at": .null, "findings": .array([])]), at: 5)
        #expect(self.draft.objects.audits == 0)
    }

    @Test func `what one audit alone finds is no finding, though it comes again later`() {
        self.audit(5, "child broadcaster is restarting")
        self.audit(10)
        self.audit(15, "child broadcaster is restarting")
        #expect(self.draft.findings.count == 0)
        self.audit(20, "child broadcaster is restarting")
        #expect(self.draft.findings.count == 1)
    }

    @Test func `failures of children that were ordered stay in mind, whatever the log tells`() {
        for way in [FaultWay.throw, .hang, .slow] { self.book.broughtAbout(.child("auditor", way)) }
        self.book.broughtAbout(.terminateBackends)
        #expect(self.draft.restarts.ordered == ["auditor": OrderedFailures(thrown: 1, hung: 1)])
        #expect(self.draft.restarts.missing == ["2 of auditor"])
    }

    @Test func `what the log complains of is among the findings`() {
        let desk = RestartDesk()
        desk.hear("Fatal error: Index out of range")
        for second in [5, 10] { self.audit(second, "a leak") }
        #expect(self.book.draft(desk).findings.count == 2)
        #expect(
            self.book.draft(desk).findings.findings.map(\.text) == ["a leak", "log: Fatal error: Index out of range"]
        )
    }

    @Test(arguments: [("wal", false, 1), ("wal", true, 0), ("poll", false, 0)])
    func `an end that nobody heard is a loss, but where a look may have missed it`(
        capture: String,
        isGap: Bool,
        losses: Int
    ) {
        let oracle = SharedOracle(SoakOracle(runs: 1, clients: [.steady]))
        let book = SoakBook(SoakPlan(seed: 1).setup(postgres: "15", capture: capture), oracle: oracle)
        let steps = [(1, StepStatus.completed), (2, .queued)].map { RunStep(run: 0, number: $0, status: $1) }
        oracle.apply([.joined(client: 0)], now: .now)
        oracle.withLock { oracle in
            oracle.willCommit(steps, now: .now)
            oracle.committed(steps, now: .now)
        }
        oracle.apply([.heard(client: 0, steps[1])], now: .now)
        var gaps = StreamGaps()
        if isGap { gaps.began("capture", at: 0) }
        book.judgeUnheardEnds(gaps, isLast: true)
        let draft = book.draft(RestartDesk())
        #expect(draft.losses.count == losses && draft.counts.unobservedEnds == 1)
    }

    @Test func `a fault that could not be brought about is a loss`() {
        self.book.couldNot(.terminateBackends, "no database")
        #expect(self.draft.losses.count == 1)
        #expect(self.draft.losses.first.first?.contains("no database") == true)
    }

    @Test func `a daemon that isn't ready again in a minute fails the run`() {
        self.book.isNotReady(after: .terminateBackends, for: .seconds(60))
        #expect(self.draft.losses.byKind == ["not ready again": 1])
        #expect(self.draft.losses.first == ["Brain's backends are terminated: not ready again within 60 s"])
    }

    @Test func `what the oracle and the end lost is in the report, with all that was counted`() {
        let now = ContinuousClock.now
        self.book.oracle.apply(
            [
                .joined(client: 0), .heard(client: 0, RunStep(run: 1, number: 9, status: .running)),
                .left(client: 0, .cut),
            ],
            now: now
        )
        self.book.lost(self.book.oracle.withLock { $0.complaints(against: [0: (number: 1, status: .running)]) })
        #expect(self.draft.losses.byKind == ["invented": 1, "table": 1])
        #expect(self.draft.losses.count == 2 && self.draft.losses.first.count == 2)
        #expect(self.draft.counts.messagesHeard == 1 && self.draft.counts.leaves == ["cut": 1])
    }

    @Test func `latencies belong to the fault before them, and what was heard before it doesn't`() {
        let (now, step) = (ContinuousClock.now, RunStep(run: 0, number: 1, status: .running))
        self.book.oracle.apply([.joined(client: 0)], now: now)
        self.book.oracle.withLock { $0.willCommit([step], now: now) }
        self.book.oracle.apply([.heard(client: 0, step)], now: now + .milliseconds(3))
        let planned = PlannedFault(at: .seconds(10), kind: .resetClients, fault: .resetClients(count: 1))
        #expect(self.book.began(planned) == 0 && self.draft.faults.count == 1)
        #expect(self.book.takeLatencies()?.count == 1)
        #expect(self.draft.latency.quiet.count == 1 && self.draft.latency.byFault.isEmpty)
        #expect(self.draft.latency.whole.count == 1)
        let next = RunStep(run: 0, number: 2, status: .running)
        self.book.oracle.withLock { $0.willCommit([next], now: now) }
        self.book.oracle.apply([.heard(client: 0, next)], now: now + .milliseconds(3))
        self.book.tick(now: .now + .seconds(60))
        #expect(self.draft.latency.byFault.mapValues(\.count) == ["resets": 1])
    }
}
