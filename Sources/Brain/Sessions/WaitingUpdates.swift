import NIOCore
import Runs

/// The updates that wait for a socket: one for each run, in the order in which their places were taken.
///
/// A removed update leaves an empty place, so that no other one moves. Empty places are never first, and are swept out
/// once they are more than the waiting updates: there are at most `2 * count + 16` places, and an event costs O(1),
/// amortised.
struct WaitingUpdates {
    private struct Place {
        /// Nil where the update was removed.
        var frame: BroadcastFrame?
        let since: ContinuousClock.Instant
    }

    /// So few places aren't worth a sweep.
    private static let unswept = 16

    private var places = CircularBuffer<Place>(initialCapacity: 1)
    /// How many places have left at the front: the number of the first one.
    private var left = 0
    /// The number of each run's place.
    private var numbers: [RunID: Int] = [:]

    /// The number of waiting updates.
    var count: Int { self.numbers.count }

    /// Places that are kept, empty ones among them.
    var placeCount: Int { self.places.count }

    /// Since when the first place is taken.
    var oldest: ContinuousClock.Instant? { self.places.first?.since }

    /// The waiting updates, in order.
    var frames: some Sequence<BroadcastFrame> { self.places.lazy.compactMap(\.frame) }

    /// The waiting update of a run.
    subscript(run: RunID) -> BroadcastFrame? {
        guard !self.numbers.isEmpty, let number = self.numbers[run] else { return nil }
        return self.places[self.index(of: number)].frame
    }

    /// Puts an update in the place of its run's waiting one, else at the end.
    mutating func put(_ frame: BroadcastFrame, now: ContinuousClock.Instant) {
        if let number = self.numbers[frame.run] {
            self.places[self.index(of: number)].frame = frame
        } else {
            self.numbers[frame.run] = self.left + self.places.count
            self.places.append(Place(frame: frame, since: now))
        }
    }

    /// Removes a run's waiting update, if there is one.
    mutating func remove(_ run: RunID) {
        guard let number = self.numbers.removeValue(forKey: run) else { return }
        self.places[self.index(of: number)].frame = nil
        self.trim()
        if self.places.count > 2 * self.count + Self.unswept { self.sweep() }
    }

    /// Takes the first update out.
    mutating func popFirst() -> BroadcastFrame? {
        guard let frame = self.places.popFirst()?.frame else { return nil }
        self.left += 1
        self.numbers[frame.run] = nil
        self.trim()
        return frame
    }

    private func index(of number: Int) -> CircularBuffer<Place>.Index {
        self.places.index(self.places.startIndex, offsetBy: number - self.left)
    }

    private mutating func trim() {
        while let first = self.places.first, first.frame == nil {
            self.places.removeFirst()
            self.left += 1
        }
    }

    private mutating func sweep() {
        self.places = CircularBuffer(self.places.filter { $0.frame != nil })
        for (offset, frame) in self.frames.enumerated() { self.numbers[frame.run] = self.left + offset }
    }
}
