/// What tells that the process stood still: stopped, swapped out, or without a thread for its supervisors.
enum Standstill {
    /// How late a look at the time may come without being a sign of that.
    static let allowed = Duration.seconds(2)
}

/// Any clock, told in the instants of the continuous clock that the machines are written in.
///
/// Only differences count: the machines see what passed on the clock since the timeline was made, so
/// that a manual clock can drive them.
struct Timeline: Sendable {
    let now: @Sendable () -> ContinuousClock.Instant
    let sleep: @Sendable (_ until: ContinuousClock.Instant) async throws -> Void

    init(_ clock: some Clock<Duration>) {
        let origin = clock.now
        let epoch = ContinuousClock.now
        self.now = { epoch + origin.duration(to: clock.now) }
        self.sleep = { deadline in
            try await clock.sleep(until: origin.advanced(by: epoch.duration(to: deadline)), tolerance: nil)
        }
    }
}
