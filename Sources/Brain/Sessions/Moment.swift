/// A point in time on the clock of deadlines, in half the bytes of a `ContinuousClock.Instant`, which a session has many of.
///
/// Counts nanoseconds from a moment early in the process, up to 292 years either way; what lies beyond is clamped.
package struct Moment: Hashable, Comparable, Sendable {
    private static let origin = ContinuousClock.now

    /// Nanoseconds since the origin; negative before it.
    package let nanoseconds: Int64

    /// The point in time so many nanoseconds after the origin.
    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The same point in time, to the nanosecond; costs some 20 ns, so convert once for many sessions.
    package init(_ instant: ContinuousClock.Instant) {
        self.nanoseconds = (instant - Self.origin).wholeNanoseconds
    }

    /// The time now.
    package static var now: Self { Self(.now) }

    /// The same point in time, for a timer or a report.
    package var instant: ContinuousClock.Instant { Self.origin + .nanoseconds(self.nanoseconds) }

    /// Compares by time.
    package static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The point in time so much later.
    package static func + (moment: Self, wait: Duration) -> Self {
        let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(wait.wholeNanoseconds)
        return Self(nanoseconds: overflow ? (wait < .zero ? .min : .max) : sum)
    }

    /// The time from one to another.
    package static func - (later: Self, earlier: Self) -> Duration {
        .nanoseconds(later.nanoseconds) - .nanoseconds(earlier.nanoseconds)
    }
}

extension Duration {
    /// The duration in nanoseconds, cut, and clamped to 292 years.
    package var wholeNanoseconds: Int64 { Int64(clamping: self.attoseconds / 1_000_000_000) }
}
