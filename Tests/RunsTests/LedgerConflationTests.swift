import Testing

@testable import Runs

@Suite struct LedgerConflationTests {
    @Test func `sends a run's first update at once`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        #expect(desk.push() == ["a running 1"])
    }

    @Test func `holds the next one back until the interval is over, and sends the last one then`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        #expect(desk.push(at: 10) == ["a running 1"])
        desk.observe("a", "running", 2, at: 20)
        desk.observe("a", "running", 3, at: 30)
        #expect(desk.nextDue == 110)
        #expect(desk.push(at: 109) == [])
        #expect(desk.push(at: 110) == ["a running 3"])
        #expect(desk.ledger.counts.conflated == 1)
        #expect(desk.nextDue == nil)
    }

    @Test func `counts the interval from the update that was made last`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        #expect(desk.push() == ["a running 1"])
        desk.observe("a", "running", 2, at: 50)
        #expect(desk.push(at: 130) == ["a running 2"])
        desk.observe("a", "running", 3, at: 140)
        #expect(desk.push(at: 229) == [])
        #expect(desk.push(at: 230) == ["a running 3"])
    }

    @Test func `sends an update at once whose interval is over`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 100)
        #expect(desk.push(at: 100) == ["a running 2"])
    }

    @Test func `holds each run back for itself`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("b", "running", 1, at: 50)
        _ = desk.push(at: 50)
        desk.observe("b", "running", 2, at: 60)
        #expect(desk.nextDue == 150)
        desk.observe("a", "running", 2, at: 70)
        #expect(desk.nextDue == 100)
        #expect(desk.push(at: 100) == ["a running 2"])
        #expect(desk.nextDue == 150)
        #expect(desk.push(at: 150) == ["b running 2"])
    }

    @Test func `replaces an update that isn't made yet by a newer one, in its place`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        desk.observe("b", "running", 1)
        desk.observe("a", "running", 2)
        #expect(desk.push() == ["a running 2", "b running 1"])
        #expect(desk.ledger.counts.conflated == 1)
    }

    @Test func `sends a terminal message at once, in the place of a held-back update`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 10)
        desk.observe("a", "completed", 2, at: 20)
        #expect(desk.push(at: 20) == ["a completed 2"])
        #expect(desk.nextDue == nil)
        #expect(desk.push(at: 500) == [])
        #expect(desk.ledger.counts.conflated == 1)
    }

    @Test func `puts a terminal message in the place of an update that is ready`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        desk.observe("b", "running", 1)
        desk.observe("a", "failed", 1)
        #expect(desk.push() == ["a failed 1", "b running 1"])
    }

    @Test func `never leaves a terminal message out, nor changes their order`() {
        var desk = Desk()
        for progress in 1...5 {
            desk.observe("a", "completed", progress)
            desk.observe("a", "failed", progress)
        }
        let expected = (1...5).flatMap { ["a completed \($0)", "a failed \($0)"] }
        #expect(desk.push() == expected)
    }

    @Test func `keeps an update behind the terminal message that it follows`() {
        var desk = Desk()
        desk.observe("a", "completed", 1)
        desk.observe("a", "running", 2)
        desk.observe("a", "running", 3)
        #expect(desk.push() == ["a completed 1", "a running 3"])
        desk.observe("a", "completed", 4, at: 1)
        desk.observe("a", "running", 5, at: 2)
        #expect(desk.push(at: 3) == ["a completed 4"])
        #expect(desk.push(at: 100) == ["a running 5"])
    }

    @Test func `drops a held-back update once the run is again what was sent last`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 1)
        desk.observe("a", "running", 1, at: 2)
        #expect(desk.nextDue == nil)
        #expect(desk.push(at: 500) == [])
        #expect(desk.ledger.counts.waiting == 0 && desk.ledger.counts.conflated == 1)
        desk.observe("a", "running", 2, at: 500)
        #expect(desk.push(at: 500) == ["a running 2"])
    }

    @Test func `makes nothing of an update that is ready once the run is again what was sent last`() {
        var desk = Desk()
        _ = desk.ledger.found(row("a", "running", 1))
        desk.observe("a", "running", 2)
        desk.observe("a", "running", 1)
        #expect(desk.push() == [])
        #expect(desk.nextDue == nil && desk.ledger.counts.waiting == 0 && desk.ledger.counts.conflated == 1)
        desk.observe("a", "running", 2)
        desk.observe("a", "running", 1)
        desk.observe("a", "running", 3)
        #expect(desk.push() == ["a running 3"])
        #expect(desk.ledger.counts.conflated == 2)
    }

    @Test func `keeps the update between two equal terminal messages`() {
        var desk = Desk()
        desk.observe("a", "completed", 1)
        _ = desk.push()
        desk.observe("a", "running", 1)
        desk.observe("a", "completed", 1)
        #expect(desk.push() == ["a running 1", "a completed 1"])
    }

    @Test func `repeats a terminal message where the update between is held back`() {
        var desk = Desk()
        desk.observe("a", "running", 0)
        _ = desk.push()
        desk.observe("a", "completed", 1, at: 1)
        desk.observe("a", "running", 1, at: 2)
        desk.observe("a", "completed", 1, at: 3)
        #expect(desk.push(at: 3) == ["a completed 1", "a completed 1"])
        #expect(desk.push(at: 500) == [])
    }

    @Test func `keeps the interval between updates that terminal messages part`() {
        var desk = Desk()
        desk.observe("a", "completed", 1)
        _ = desk.push()
        for _ in 1...3 {
            desk.observe("a", "running", 1)
            desk.observe("a", "completed", 1)
        }
        desk.observe("a", "running", 2)
        let terminals = Array(repeating: "a completed 1", count: 3)
        #expect(desk.push() == ["a running 1"] + terminals)
        #expect(desk.push(at: 99) == [])
        #expect(desk.push(at: 100) == ["a running 2"])
        #expect(desk.ledger.counts.conflated == 2)
    }

    @Test func `sends each update at once where there is no interval`() {
        var desk = Desk(interval: 0)
        desk.observe("a", "running", 1)
        #expect(desk.push() == ["a running 1"])
        desk.observe("a", "running", 2)
        #expect(desk.push() == ["a running 2"])
        #expect(desk.ledger.conflation.isEmpty)
    }

    @Test func `drops the held-back update of a deleted run, but no terminal message`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "completed", 2, at: 1)
        desk.observe("a", "running", 3, at: 2)
        desk.ledger.gone("a")
        #expect(desk.push(at: 500) == ["a completed 2"])
    }

    @Test func `sends an inserted run though it is deleted at once`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        desk.ledger.gone("a")
        #expect(desk.push() == ["a running 1"])
    }

    @Test func `sends nothing of a deleted run that was again what was sent last`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 200)
        desk.observe("a", "running", 1, at: 200)
        desk.ledger.gone("a")
        #expect(desk.push(at: 200) == [])
    }

    @Test func `sends a run that is inserted again, though it is what was sent last`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 200)
        desk.ledger.gone("a")
        desk.observe("a", "running", 1, at: 200)
        #expect(desk.push(at: 200) == ["a running 1"])
        desk.ledger.gone("a")
        desk.observe("a", "running", 1, at: 210)
        #expect(desk.push(at: 210) == [])
        #expect(desk.push(at: 300) == ["a running 1"])
    }

    @Test func `remembers nothing of a run once its interval is over`() {
        var desk = Desk()
        for id in 0..<2_000 { desk.observe("\(id)", "running") }
        #expect(desk.push().count == 2_000)
        #expect(!desk.ledger.conflation.isEmpty)
        #expect(desk.push(at: 100) == [])
        #expect(desk.ledger.conflation.isEmpty)
    }
}
