/// When Brain may not have seen each committed state, as its log tells: between a break of its stream of changes and the
/// look at the whole table that makes up for it (contract §4.2, §4.4); pure.
///
/// In milliseconds of the wall clock.
struct StreamGaps: Sendable {
    /// From when the stream may be broken before the log says so: a hang is noticed after 12 s, later where all stands
    /// still now and then.
    private static let lead = 25_000.0
    /// How long after the log says that it is whole the look may still go on.
    private static let lag = 10_000.0
    /// How many are known, at most; whatever is older than all of them is excused.
    static let most = 2000

    private var begun: [String: Double] = [:]
    private var past: [ClosedRange<Double>] = []
    private var horizon = -Double.infinity
    private var isBlind = false

    /// Something by which changes come is broken.
    ///
    /// - Parameters:
    ///   - cause: what.
    ///   - time: when the log says so.
    mutating func began(_ cause: String, at time: Double) {
        self.begun[cause] = min(self.begun[cause] ?? .infinity, time - Self.lead)
    }

    /// It is whole again.
    mutating func ended(_ cause: String, at time: Double) {
        guard let start = self.begun.removeValue(forKey: cause) else { return }
        self.past.append(start...max(start, time + Self.lag))
        guard self.past.count > Self.most else { return }
        self.horizon = max(self.horizon, self.past.removeFirst().upperBound)
    }

    /// A part of the log is lost: nothing is judged any more.
    mutating func wentBlind() { self.isBlind = true }

    /// Whether a look may have come too late for what was committed in this time.
    func excuse(_ time: ClosedRange<Double>) -> Bool {
        self.isBlind || time.lowerBound <= self.horizon || self.begun.values.contains { $0 <= time.upperBound }
            || self.past.contains { $0.overlaps(time) }
    }
}
