import Synchronization

/// What `/api/ready` says about the capture (contract §2).
package struct FeedStatus: Sendable, Equatable {
    /// Whether changes are noticed as they come.
    package var ready: Bool
    /// The capture that runs, or ran last; nil before the first.
    package var capture: CaptureName?
    /// The age of what is known: since the server's last sign of life (`wal`), the last look ended (`poll`), or the last
    /// look or notification handled (`notify`, which without any change is up to 30 s).
    ///
    /// Nil before the first.
    package var lagMilliseconds: Int?
    /// Why it isn't ready, or isn't the best capture there is; a line each.
    package var reasons: [String]
}

/// Where the capture's status can be read at any time, without waiting for an actor; owned by the tree.
package final class FeedGauge: Sendable {
    private let state = Mutex(State())

    fileprivate struct State {
        var isReady = false
        var hasConnected = false
        var capture: CaptureName?
        var lastLook: ContinuousClock.Instant?
        var reasons = ["the database has not been reached yet"]
        /// The newest.
        var voice = 0
    }

    /// A gauge of a capture that has not begun.
    package init() {}

    /// The status at a moment.
    ///
    /// - Parameter now: the moment.
    /// - Returns: a consistent copy.
    package func status(at now: ContinuousClock.Instant = .now) -> FeedStatus {
        self.state.withLock { state in
            FeedStatus(
                ready: state.isReady,
                capture: state.capture,
                lagMilliseconds: state.lastLook.map { max(0, Int(($0.duration(to: now)) / .milliseconds(1))) },
                reasons: state.reasons
            )
        }
    }

    /// Whether a capture has ever connected: from then on an outage is no failed start.
    var hasConnected: Bool {
        self.state.withLock { $0.hasConnected }
    }

    /// When the last look ended; nil before the first.
    var lastLook: ContinuousClock.Instant? {
        self.state.withLock { $0.lastLook }
    }

    /// Takes over the telling: what a capture left over from a child that was given up still says is passed over.
    func voice() -> FeedVoice {
        self.state.withLock { state in
            state.voice += 1
            return FeedVoice(gauge: self, number: state.voice)
        }
    }

    /// Whether the voice is the newest; else nothing is changed.
    fileprivate func change(by voice: Int, _ body: (inout State) -> Void) -> Bool {
        self.state.withLock { state in
            guard state.voice == voice else {
                return false
            }
            body(&state)
            return true
        }
    }
}

/// How one keeper tells of its capture, until another takes over: then each says false, and changes nothing.
struct FeedVoice: Sendable {
    fileprivate let gauge: FeedGauge
    fileprivate let number: Int

    @discardableResult
    func connected(_ capture: CaptureName) -> Bool {
        self.gauge.change(by: self.number) { state in
            state.hasConnected = true
            state.isReady = false
            state.capture = capture
            state.reasons = ["the table is being read"]
        }
    }

    @discardableResult
    func looked(_ capture: CaptureName, reasons: [String], at now: ContinuousClock.Instant = .now) -> Bool {
        self.gauge.change(by: self.number) { state in
            state.isReady = true
            state.capture = capture
            state.lastLook = now
            state.reasons = reasons
        }
    }

    /// What is known is as old as this; before a look is over it says nothing.
    @discardableResult
    func heard(at now: ContinuousClock.Instant = .now) -> Bool {
        self.gauge.change(by: self.number) { state in
            if state.isReady {
                state.lastLook = now
            }
        }
    }

    @discardableResult
    func lost(_ error: FeedError) -> Bool {
        self.gauge.change(by: self.number) { state in
            state.isReady = false
            state.reasons = [error.description]
        }
    }
}
