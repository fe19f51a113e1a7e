/// Whose turn it is on a connection that can do one thing at a time: first come, first served, in bounded number.
struct TurnQueue {
    enum Answer {
        /// It is the caller's turn.
        case granted
        /// Its number is queued.
        case queued
        /// The queue is full.
        case refused
    }

    private let limit: Int
    private var isTaken = false
    private var queued: [UInt64] = []

    /// - Parameter limit: how many may wait; one more is refused.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func asked(_ number: UInt64) -> Answer {
        guard self.isTaken else {
            self.isTaken = true
            return .granted
        }
        guard self.queued.count < self.limit else {
            return .refused
        }
        self.queued.append(number)
        return .queued
    }

    /// The turn is over: returns the next number, whose turn it is now; nil where nobody waits.
    mutating func ended() -> UInt64? {
        guard !self.queued.isEmpty else {
            self.isTaken = false
            return nil
        }
        return self.queued.removeFirst()
    }

    /// A number stopped waiting before its turn came.
    mutating func gaveUp(_ number: UInt64) {
        self.queued.removeAll { $0 == number }
    }
}
