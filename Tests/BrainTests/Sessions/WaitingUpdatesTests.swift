import Runs
import Testing

@testable import Brain

@Suite struct WaitingUpdatesTests {
    private let start = ContinuousClock.now

    private func updates(_ count: Int) -> WaitingUpdates {
        var updates = WaitingUpdates()
        for number in 0..<count {
            updates.put(BroadcastFrame(UInt64(number), run: "r\(number)"), now: self.start + .seconds(number))
        }
        return updates
    }

    private func drained(_ updates: WaitingUpdates) -> [UInt64] {
        var rest = updates
        var numbers: [UInt64] = []
        while let frame = rest.popFirst() { numbers.append(frame.number) }
        #expect(rest.count == 0 && rest.placeCount == 0)
        return numbers
    }

    @Test func `a removed update leaves the others in their order, and each can still be replaced`() {
        var updates = self.updates(4)
        updates.remove(RunID("r1"))
        updates.remove(RunID("r1"))
        updates.remove(RunID("unknown"))
        updates.put(BroadcastFrame(9, run: "r2"), now: self.start)
        #expect(updates[RunID("r1")] == nil)
        #expect(updates[RunID("r2")]?.number == 9)
        #expect(updates.frames.map(\.number) == [0, 9, 3])
        #expect(self.drained(updates) == [0, 9, 3])
    }

    @Test func `a run whose update was removed goes to the end`() {
        var updates = self.updates(3)
        updates.remove(RunID("r1"))
        updates.put(BroadcastFrame(9, run: "r1"), now: self.start)
        #expect(self.drained(updates) == [0, 2, 9])
    }

    @Test func `the oldest is one that waits, not one that was removed`() {
        var updates = self.updates(3)
        updates.remove(RunID("r0"))
        #expect(updates.oldest == self.start + .seconds(1))
        updates.remove(RunID("r2"))
        #expect(updates.popFirst()?.number == 1)
        #expect(updates.oldest == nil)
    }

    @Test func `removed updates take no more room than those that wait, and a little`() {
        var updates = self.updates(1000)
        for number in 1..<990 {
            updates.remove(RunID("r\(number)"))
            #expect(updates.placeCount <= 2 * updates.count + 16)
        }
        updates.put(BroadcastFrame(2000, run: "r995"), now: self.start)
        updates.put(BroadcastFrame(2001, run: "r5"), now: self.start)
        #expect(self.drained(updates) == [0, 990, 991, 992, 993, 994, 2000, 996, 997, 998, 999, 2001])
    }
}
