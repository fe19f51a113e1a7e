/// Instants as whole microseconds since the first that it was asked for.
///
/// Arithmetic of instants is in 128 bits: a batch of events that shares an instant pays for it once.
struct Stopwatch: Sendable {
    private var start: ContinuousClock.Instant?
    private var last: (instant: ContinuousClock.Instant, microseconds: Int)?

    mutating func microseconds(at instant: ContinuousClock.Instant) -> Int {
        if let last = self.last, last.instant == instant { return last.microseconds }
        let start = self.start ?? instant
        let microseconds = Self.microseconds(of: start.duration(to: instant))
        (self.start, self.last) = (start, (instant, microseconds))
        return microseconds
    }

    /// Cut off; 292 000 years and more wrap around.
    static func microseconds(of duration: Duration) -> Int {
        Int(truncatingIfNeeded: duration.attoseconds / 1_000_000_000_000)
    }
}
