import Synchronization

/// When a capture is worth another try: not at once where everything seems to be in place and it doesn't begin, or breaks
/// off again and again, since each try interrupts the capture that serves.
final class CaptureProspect: Sendable {
    fileprivate static let shortest = Duration.seconds(60)
    fileprivate static let longest = Duration.seconds(900)
    /// A stream that lasts longer is none that breaks off at once.
    private static let short = Duration.seconds(10)
    /// So many in a row, each soon after the last, are a reason to leave it for a while.
    private static let mostShort = 3
    private static let soon = Duration.seconds(60)

    private let state = Mutex(State())

    fileprivate struct State {
        var pause = CaptureProspect.shortest
        var notBefore: ContinuousClock.Instant?
        var shortStreams = 0
        var lastBreak: ContinuousClock.Instant?
    }

    func isWorthATry(at now: ContinuousClock.Instant) -> Bool {
        self.state.withLock { $0.notBefore.map { $0 <= now } ?? true }
    }

    /// It was turned down; the next try comes later each time.
    func failed(at now: ContinuousClock.Instant) {
        self.state.withLock { $0.failed(at: now) }
    }

    /// It ended for a reason of no concern here; one that lasted makes what was before forgotten.
    func ended(after duration: Duration) {
        if duration >= Self.short {
            self.state.withLock { $0 = State() }
        }
    }

    /// A stream ended by an error of its own, after so long.
    ///
    /// - Returns: whether to leave it for a while.
    func brokeOff(after duration: Duration, at now: ContinuousClock.Instant) -> Bool {
        self.state.withLock { state in
            guard duration < Self.short else {
                state = State()
                return false
            }
            let isInARow = state.lastBreak.map { $0.duration(to: now) < Self.soon } ?? false
            state.shortStreams = isInARow ? state.shortStreams + 1 : 1
            state.lastBreak = now
            guard state.shortStreams >= Self.mostShort else {
                return false
            }
            state.failed(at: now)
            return true
        }
    }
}

extension CaptureProspect.State {
    fileprivate mutating func failed(at now: ContinuousClock.Instant) {
        self.notBefore = now + self.pause
        self.pause = min(self.pause * 2, CaptureProspect.longest)
        self.shortStreams = 0
    }
}
