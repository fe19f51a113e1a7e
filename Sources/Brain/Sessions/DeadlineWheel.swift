/// The deadlines of many, looked at by turning a wheel of slots, so that none costs anything before it comes.
///
/// An element is never returned before its deadline, and always by a call that comes a tick after it, or later. To
/// schedule costs O(1); to advance, a look at each slot passed, of a revolution at most however far the clock jumps, and
/// at what lies in it. A deadline over a revolution away lies in its slot from the start, and is passed over once a
/// revolution: make that longer than the usual deadline.
///
/// Nothing is ever cancelled: the user finds out itself that an element is stale, and sees to it that each has a bounded
/// number of entries, of 8 bytes beside the element. A session has one for its next look at the socket
/// (`Heartbeat.nextLook`, which no event makes earlier), and once one for the end of its close
/// (`SessionMachine.nextDeadline`).
package struct DeadlineWheel<Element> {
    private struct Entry {
        let element: Element
        /// The tick at which it is returned.
        let due: UInt64
    }

    /// How many entries have not been returned.
    package private(set) var count = 0
    private var slots: [[Entry]]
    private let start: Moment
    private let tick: UInt64
    /// The last tick that has been looked at.
    private var passed: UInt64 = 0

    /// Makes a wheel on which nothing lies.
    ///
    /// - Parameters:
    ///   - tick: what a slot stands for; at least a nanosecond.
    ///   - slots: ticks to a revolution, at least one; each takes 8 bytes, and more while anything lies in it.
    ///   - now: where the first tick begins.
    package init(tick: Duration, slots: Int, now: Moment) {
        self.tick = UInt64(max(1, tick.wholeNanoseconds))
        self.slots = Array(repeating: [], count: max(1, slots))
        self.start = now
    }

    /// Puts an element in; one whose deadline has passed comes with the next tick after the last one looked at.
    package mutating func schedule(_ element: Element, at deadline: Moment) {
        let (whole, rest) = self.elapsed(at: deadline).quotientAndRemainder(dividingBy: self.tick)
        let due = max(whole + (rest > 0 ? 1 : 0), self.passed + 1)
        self.slots[self.slot(of: due)].append(Entry(element: element, due: due))
        self.count += 1
    }

    /// Takes out everything that is due, in no order; a time before that of an earlier call is due nothing.
    package mutating func advance(to now: Moment) -> [Element] {
        let reached = self.elapsed(at: now) / self.tick
        guard reached > self.passed else { return [] }
        let turned = min(reached - self.passed, UInt64(self.slots.count))
        var due: [Element] = []
        for tick in self.passed + 1..<self.passed + 1 + turned {
            self.take(from: self.slot(of: tick), through: reached, into: &due)
        }
        self.passed = reached
        self.count -= due.count
        return due
    }

    private mutating func take(from slot: Int, through reached: UInt64, into due: inout [Element]) {
        let entries = self.slots[slot]
        guard !entries.isEmpty else { return }
        due += entries.lazy.filter { $0.due <= reached }.map(\.element)
        self.slots[slot] = entries.filter { $0.due > reached }
    }

    private func slot(of tick: UInt64) -> Int {
        Int(tick % UInt64(self.slots.count))
    }

    /// Nanoseconds since the start, none before it.
    ///
    /// Exact for any two moments: the difference of two `Int64` fits.
    private func elapsed(at moment: Moment) -> UInt64 {
        moment <= self.start ? 0 : UInt64(bitPattern: moment.nanoseconds &- self.start.nanoseconds)
    }
}
