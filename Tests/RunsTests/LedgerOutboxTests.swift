import Testing

@testable import Runs

@Suite struct LedgerOutboxTests {
    private func made(_ count: Int, limit: LedgerLimit = LedgerLimit()) -> Desk {
        var desk = Desk(limit: limit)
        for index in 0..<count { desk.observe("\(index)", "running") }
        desk.ledger.makeFrames(now: desk.moment(0), timestamp: Desk.timestamp)
        return desk
    }

    @Test func `what may wait is what a session and the process may have waiting`() {
        #expect(LedgerLimit() == LedgerLimit(messages: 65_536, bytes: 256 << 20))
    }

    @Test func `numbers frames from one, without gaps`() {
        let ledger = self.made(3).ledger
        #expect(ledger.frames(after: 0).map(\.number) == [1, 2, 3])
        #expect(ledger.frames(after: 0).map(\.runID) == ["0", "1", "2"])
        #expect(ledger.frames(after: 2).map(\.number) == [3])
        #expect(ledger.frames(after: 3).isEmpty && ledger.frames(after: .max).isEmpty)
        #expect(ledger.lastNumber == 3)
    }

    @Test func `marks terminal frames, and stamps each with the time given`() {
        var desk = Desk()
        desk.observe("a", "done")
        desk.observe("b", "running")
        desk.ledger.makeFrames(now: desk.moment(0), timestamp: 0)
        let frames = desk.ledger.frames(after: 0)
        #expect(frames.map(\.isTerminal) == [true, false])
        #expect(frames.allSatisfy { object($0.message)["timestamp"] as? String == "1970-01-01T00:00:00.000Z" })
    }

    @Test func `relays a message as it is, until nothing more may wait`() {
        var desk = Desk(limit: LedgerLimit(messages: 2, bytes: 100))
        let taken = ["one", "two", "three"].map { desk.ledger.relay(Array($0.utf8), of: "a") }
        #expect(taken == [true, true, false])
        let frames = desk.ledger.frames(after: 0)
        #expect(frames.map { String(decoding: $0.message, as: UTF8.self) } == ["one", "two"])
        #expect(frames.map(\.runID) == ["a", "a"] && frames.allSatisfy { !$0.isTerminal })
        desk.ledger.acknowledged(shard: 0, through: 2)
        let isTaken = desk.ledger.relay(Array("three".utf8), of: "a")
        #expect(isTaken)
    }

    @Test func `keeps frames until every shard has acknowledged them`() {
        var ledger = self.made(3).ledger
        ledger.register(shard: 1)
        ledger.acknowledged(shard: 0, through: 3)
        #expect(ledger.frames(after: 0).map(\.number) == [1, 2, 3])
        ledger.acknowledged(shard: 1, through: 2)
        #expect(ledger.frames(after: 0).map(\.number) == [3])
        #expect(ledger.counts.outbox == 1)
        ledger.acknowledged(shard: 1, through: 3)
        #expect(ledger.counts.outbox == 0)
    }

    @Test func `takes no acknowledgement back, nor one of a stranger or of the future`() {
        var desk = self.made(3)
        desk.ledger.acknowledged(shard: 0, through: 2)
        desk.ledger.acknowledged(shard: 0, through: 1)
        desk.ledger.acknowledged(shard: 7, through: 3)
        #expect(desk.ledger.frames(after: 0).map(\.number) == [3])
        desk.ledger.acknowledged(shard: 0, through: .max)
        desk.observe("new", "done")
        desk.ledger.makeFrames(now: desk.moment(0), timestamp: 0)
        #expect(desk.ledger.frames(after: 0).map(\.number) == [4])
    }

    @Test func `lets a shard that is registered again go on where it was`() {
        var ledger = self.made(3).ledger
        ledger.acknowledged(shard: 0, through: 2)
        #expect(ledger.register(shard: 0) == 2)
        #expect(ledger.register(shard: 1) == 2)
    }

    @Test func `gives a snapshot of the active runs, with all frames of older states made`() {
        var desk = Desk()
        _ = desk.ledger.found(row("old", "queued"))
        desk.observe("a", "running", 1)
        desk.observe("b", "done")
        desk.observe("c", "running", 1)
        _ = desk.push()
        desk.observe("c", "done", at: 1)
        desk.observe("a", "failed", 2, at: 1)
        desk.observe("a", "running", 3, at: 1)
        let snapshot = desk.ledger.snapshot(now: desk.moment(1), timestamp: Desk.timestamp)
        #expect(Set(snapshot.active.map(\.data)) == Set([row("old", "queued"), row("a", "running", 3)].data))
        #expect(desk.ledger.frames(after: 3).map(brief) == ["c completed", "a failed 2"])
        #expect(snapshot.through == 5)
        #expect(desk.push(at: 500) == ["a running 3"])
    }

    @Test func `tells whoever had a held-back update by snapshot that the run went back`() {
        var desk = Desk()
        desk.observe("a", "running", 1)
        _ = desk.push()
        desk.observe("a", "running", 2, at: 1)
        let snapshot = desk.ledger.snapshot(now: desk.moment(2), timestamp: Desk.timestamp)
        #expect(snapshot.active.map(\.data) == [row("a", "running", 2)].data)
        desk.observe("a", "running", 1, at: 3)
        #expect(desk.push(at: 100) == ["a running 1"])
    }

    @Test func `drops everything and says so once when more terminal messages wait than the limit`() {
        var desk = Desk(limit: LedgerLimit(messages: 3))
        for index in 0..<3 { desk.observe("\(index)", "done") }
        #expect(desk.ledger.takeOverflow() == false)
        desk.observe("3", "done")
        #expect(desk.ledger.takeOverflow() == true)
        #expect(desk.ledger.takeOverflow() == false)
        #expect(desk.push() == [])
        #expect(desk.observe("3", "done") == .unchanged)
        desk.observe("4", "done")
        #expect(desk.push() == ["4 completed"])
    }

    @Test func `counts unacknowledged frames against the limit`() {
        var desk = self.made(3, limit: LedgerLimit(messages: 3))
        desk.observe("x", "done")
        #expect(desk.ledger.takeOverflow() == true)
        #expect(desk.ledger.counts.outbox == 0)
        desk.observe("y", "done")
        #expect(desk.push() == ["y completed"])
        #expect(desk.ledger.lastNumber == 4)
    }

    @Test func `counts the update between two equal terminal messages against the limit`() {
        var desk = Desk(limit: LedgerLimit(messages: 3))
        desk.observe("a", "done")
        _ = desk.push()
        for status in ["running", "done", "running"] { desk.observe("a", status) }
        #expect(desk.ledger.takeOverflow() == false)
        desk.observe("a", "done")
        #expect(desk.ledger.takeOverflow() == true)
    }

    @Test func `counts bytes against the limit`() {
        var desk = Desk(limit: LedgerLimit(bytes: 1_000))
        desk.observe(String(repeating: "x", count: 300), "done")
        desk.observe(String(repeating: "y", count: 300), "done")
        #expect(desk.ledger.takeOverflow() == false)
        desk.observe(String(repeating: "z", count: 300), "done")
        #expect(desk.ledger.takeOverflow() == true)
    }

    @Test func `never drops anything for the sake of an update`() {
        var desk = Desk(limit: LedgerLimit(bytes: 1_000))
        for id in ["x", "y", "z"] { desk.observe(String(repeating: id, count: 600), "running") }
        desk.ledger.makeFrames(now: desk.moment(0), timestamp: Desk.timestamp)
        #expect(desk.ledger.counts.outbox == 2 && desk.ledger.counts.waiting == 1)
        desk.observe("next", "running")
        #expect(desk.ledger.takeOverflow() == false)
        #expect(desk.ledger.counts.outbox == 2 && desk.ledger.counts.waiting == 2)
    }

    @Test func `lets updates wait where the outbox is full, and goes on once there is room`() {
        var desk = self.made(5, limit: LedgerLimit(messages: 3))
        #expect(desk.ledger.frames(after: 0).map(\.runID) == ["0", "1", "2"])
        #expect(desk.ledger.counts.waiting == 2)
        #expect(desk.ledger.nextDue == nil)
        desk.observe("4", "running", 9)
        #expect(desk.ledger.takeOverflow() == false)
        desk.ledger.acknowledged(shard: 0, through: 3)
        #expect(desk.nextDue == 0)
        #expect(desk.push() == ["3 running", "4 running 9"])
        #expect(desk.ledger.nextDue == nil)
    }

    @Test func `says at once that something is due when something is ready`() {
        var desk = Desk()
        #expect(desk.nextDue == nil)
        desk.observe("a", "running", at: 7)
        #expect(desk.nextDue == 7)
        _ = desk.push(at: 7)
        #expect(desk.nextDue == nil)
    }
}

extension [RunRow] {
    fileprivate var data: [String] { self.compactMap { RunState($0)?.data } }
}
