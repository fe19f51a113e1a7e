import Synchronization

/// The oracle, as writers and clients share it.
final class SharedOracle: Sendable {
    private let oracle: Mutex<SoakOracle>

    init(_ oracle: SoakOracle) {
        self.oracle = Mutex(oracle)
    }

    /// Does something with it; others wait meanwhile.
    func withLock<Result: Sendable>(_ body: (inout sending SoakOracle) -> sending Result) -> Result {
        self.oracle.withLock { body(&$0) }
    }

    /// Takes what clients met, in one go.
    func apply(_ events: [ClientEvent], now: ContinuousClock.Instant) {
        self.oracle.withLock { oracle in
            for event in events { oracle.apply(event, now: now) }
        }
    }
}
