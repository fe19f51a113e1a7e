import Testing

@testable import Runs

/// Rows that leave out large values which didn't change.
@Suite struct LedgerPartialRowTests {
    private let whole = RunRow(
        id: "a \"},\\",
        status: "running",
        progress: "1.50",
        taskID: "t,\"}{\\",
        agent: "é\n",
        startedAt: "2026-02-06 01:30:00+00",
        error: String(repeating: "\\\"}x,", count: 20_000)
    )

    private func data(_ desk: inout Desk) -> String? {
        desk.ledger.snapshot(now: desk.moment(0), timestamp: 0).active.first?.data
    }

    @Test(arguments: [
        RunFields.progress, .taskID, .agent, .startedAt, .completedAt, .error, [.error, .agent, .taskID],
    ])
    func `are completed from what is known`(_ unchanged: RunFields) {
        var desk = Desk()
        _ = desk.ledger.found(self.whole)
        var expected = self.whole
        expected.status = "pending"
        let told = RunFields(rawValue: 0x7F).subtracting(unchanged)
        let partial = RunRow(id: expected.id, unchanged: unchanged).completed(by: expected, but: told)
        #expect(desk.ledger.observed(partial, now: desk.moment(0)) == .changed)
        #expect(self.data(&desk) == RunState(expected)?.data)
    }

    @Test func `say nothing new where nothing else is`() {
        var desk = Desk()
        _ = desk.ledger.found(self.whole)
        var partial = self.whole
        partial.error = nil
        partial.unchanged = .error
        #expect(desk.ledger.observed(partial, now: desk.moment(0)) == .unchanged)
    }

    @Test func `ask for a look where the run isn't known, or was another since`() {
        var desk = Desk()
        var partial = row("a", "running")
        partial.unchanged = .error
        #expect(desk.ledger.observed(partial, now: desk.moment(0)) == .incomplete)
        desk.observe("a", "running")
        desk.observe("a", "nonsense")
        #expect(desk.ledger.observed(partial, now: desk.moment(0)) == .incomplete)
        desk.observe("a", "running")
        #expect(desk.ledger.observed(partial, now: desk.moment(0)) == .unchanged)
    }

    @Test func `with a status that is left out too are not understood`() {
        var desk = Desk()
        desk.observe("a", "running")
        #expect(
            desk.ledger.observed(RunRow(id: "a", unchanged: .status), now: desk.moment(0)) == .unknownStatus(word: nil)
        )
    }

    @Test func `an emptied table forgets every run, and what is held back of it`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        #expect(desk.push() == ["a running 1"])
        desk.observe("a", "running", 2, at: 1)
        desk.observe("b", "done", at: 1)
        desk.ledger.goneAll()
        #expect(desk.ledger.counts.runs == 0)
        #expect(desk.push(at: 500) == ["b completed"])
        #expect(desk.observe("b", "done", at: 600) == .changed)
    }
}

extension RunRow {
    fileprivate init(id: String, unchanged: RunFields) {
        self.init(id: id)
        self.unchanged = unchanged
    }

    /// With the told fields of another row.
    fileprivate func completed(by other: RunRow, but told: RunFields) -> RunRow {
        var row = RunRow(id: self.id, unchanged: told).completed(by: other)
        row.unchanged = self.unchanged
        return row
    }
}
