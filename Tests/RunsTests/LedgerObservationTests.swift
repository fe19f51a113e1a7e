import Testing

@testable import Runs

@Suite struct LedgerObservationTests {
    @Test func `pushes nothing of the table as found at the start`() {
        var desk = Desk()
        #expect(desk.ledger.found(row("a", "running", 1)) == .unchanged)
        #expect(desk.push() == [])
        #expect(desk.observe("a", "running", 1) == .unchanged)
        #expect(desk.push() == [])
        #expect(desk.observe("a", "running", 2) == .changed)
        #expect(desk.push() == ["a running 2"])
    }

    @Test func `takes a first look that is repeated for what is pushed`() {
        var desk = Desk()
        _ = desk.ledger.found(row("a", "running", 1))
        _ = desk.ledger.found(row("a", "running", 2))
        #expect(desk.observe("a", "running", 2) == .unchanged)
        #expect(desk.observe("a", "running", 1) == .changed)
        #expect(desk.push() == ["a running 1"])
    }

    @Test func `drops a waiting update that a first look overtakes`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.ledger.found(row("a", "running", 2))
        #expect(desk.push() == [])
        desk.observe("a", "running", 3)
        #expect(desk.push() == ["a running 3"])
        desk.observe("a", "running", 4, at: 1)
        _ = desk.ledger.found(row("a", "running", 5))
        #expect(desk.push(at: 200) == [])
    }

    @Test func `pushes an inserted run by its status`() {
        var desk = Desk()
        desk.observe("a", "queued")
        desk.observe("b", "done")
        desk.observe("c", "error")
        #expect(desk.push() == ["a queued", "b completed", "c failed"])
    }

    @Test func `pushes nothing for a row whose data are the same`() {
        var desk = Desk()
        var first = row("a", "running", 1)
        first.startedAt = "2026-02-06 01:30:00.123456+00"
        var second = row("a", "in_progress", 1)
        second.progress = "1.00"
        second.startedAt = "2026-02-06 01:30:00.123999+00"
        #expect(desk.ledger.observed(first, now: desk.moment(0)) == .changed)
        #expect(desk.push() == ["a running 1"])
        #expect(desk.ledger.observed(second, now: desk.moment(1)) == .unchanged)
        #expect(desk.push(at: 500) == [])
    }

    @Test func `pushes an edit of a completed run as completed again`() {
        var desk = Desk()
        desk.observe("a", "completed", 1)
        #expect(desk.push() == ["a completed 1"])
        desk.observe("a", "completed", 2, at: 1)
        #expect(desk.push(at: 1) == ["a completed 2"])
    }

    @Test func `leaves a run as it was where no one knows the status word`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        #expect(desk.push() == ["a running 1"])
        #expect(desk.observe("a", "paused", 2) == .unknownStatus(word: "paused"))
        #expect(desk.observe("a", nil, 2) == .unknownStatus(word: nil))
        #expect(desk.ledger.found(row("b", "paused")) == .unknownStatus(word: "paused"))
        #expect(desk.observe("a", "running", 1) == .unchanged)
        #expect(desk.push(at: 500) == [])
        #expect(desk.ledger.counts.unknownWords == 3)
        #expect(desk.observe("b", "running", at: 500) == .changed)
    }

    @Test func `forgets a deleted run and pushes nothing for it`() {
        var desk = Desk()
        desk.observe("a", "completed", 1)
        #expect(desk.push() == ["a completed 1"])
        desk.ledger.gone("a")
        desk.ledger.gone("never")
        #expect(desk.push(at: 500) == [])
        #expect(desk.ledger.counts.runs == 0)
        #expect(desk.observe("a", "completed", 1, at: 500) == .changed)
        #expect(desk.push(at: 500) == ["a completed 1"])
    }

    @Test func `tells ids apart by their bytes`() {
        var desk = Desk()
        let ids = ["\u{E9}", "e\u{301}", "a\"", "a\"b", "a\"c", "a\\", "a\\\"", "a", "", "\"", "\\"]
        for (index, id) in ids.enumerated() { desk.observe(id, "running", index) }
        #expect(desk.push() == ids.enumerated().map { "\($1) running \($0)" })
        #expect(desk.ledger.counts.runs == ids.count)
        for (index, id) in ids.enumerated() { #expect(desk.observe(id, "running", index) == .unchanged) }
        desk.ledger.gone("\u{E9}")
        #expect(desk.observe("e\u{301}", "running", 1) == .unchanged)
        #expect(RunID("\u{E9}") != RunID("e\u{301}"))
        #expect(Set([RunID("a"), RunID("a"), RunID("\u{E9}"), RunID("e\u{301}")]).count == 3)
    }

    @Test func `counts what goes through it`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        desk.observe("a", "running", 2)
        desk.observe("a", "running", 2)
        desk.observe("b", "what")
        _ = desk.ledger.found(row("c", "queued"))
        let counts = desk.ledger.counts
        #expect(counts.runs == 2 && counts.observed == 5 && counts.changed == 2 && counts.conflated == 1)
        #expect(counts.unknownWords == 1 && counts.waiting == 1 && counts.outbox == 0)
        desk.ledger.makeFrames(now: desk.moment(0), timestamp: 0)
        #expect(desk.ledger.counts.waiting == 0 && desk.ledger.counts.outbox == 1)
    }
}

@Suite struct LedgerSweepTests {
    @Test func `forgets the runs that a sweep hasn't seen`() {
        var desk = Desk()
        for id in ["a", "b", "c", "d", "e"] { desk.observe(id, id == "e" ? "done" : "running", 1) }
        _ = desk.push()
        desk.ledger.beginSweep()
        #expect(desk.observe("a", "running", 1) == .unchanged)
        #expect(desk.observe("b", "running", 2) == .changed)
        #expect(desk.observe("c", "paused") == .unknownStatus(word: "paused"))
        desk.observe("new", "running", 1)
        #expect(desk.ledger.endSweep() == 2)
        #expect(desk.ledger.counts.runs == 4)
        #expect(desk.observe("d", "running", 1, at: 500) == .changed)
        #expect(desk.observe("e", "done", 1, at: 500) == .changed)
        #expect(desk.observe("c", "running", 1, at: 500) == .unchanged)
    }

    @Test func `drops the held-back update of a run that a sweep forgets`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 1)
        desk.ledger.beginSweep()
        #expect(desk.ledger.endSweep() == 1)
        #expect(desk.nextDue == nil)
        #expect(desk.push(at: 500) == [])
    }

    @Test func `counts found runs as seen`() {
        var desk = Desk()
        desk.ledger.beginSweep()
        _ = desk.ledger.found(row("a", "running"))
        #expect(desk.ledger.endSweep() == 0)
        #expect(desk.ledger.counts.runs == 1)
    }

    @Test func `forgets nothing where no sweep was begun, and begins anew where one was`() {
        var desk = Desk()
        desk.observe("a", "running")
        #expect(desk.ledger.endSweep() == 0)
        desk.ledger.beginSweep()
        desk.observe("a", "running")
        desk.ledger.beginSweep()
        #expect(desk.ledger.endSweep() == 1)
        #expect(desk.ledger.endSweep() == 0)
    }
}
