package import Supervision

/// The child `change-feed`: keeps one capture running, and begins again when it was lost.
///
/// At the daemon's start the database must be there, or the start fails with the typed reason. From then on an outage
/// is a state of the feed, seen in the ``FeedGauge``, and no crash: it tries again, after 25 ms at first and 5 s at
/// last.
package actor FeedKeeper: Child {
    private let choice: FeedChoice
    private let sink: FeedInlet
    private let gauge: FeedGauge
    private let voice: FeedVoice
    private let backoff: Backoff
    private let onNews: @Sendable (FeedNews) -> Void
    private var lastResync: ContinuousClock.Instant?

    /// A keeper that isn't running yet; it takes over channel and gauge from the one before.
    ///
    /// - Parameters:
    ///   - choice: the captures to try.
    ///   - channel: takes what they see.
    ///   - gauge: where the status can be read.
    ///   - backoff: the pauses between attempts.
    ///   - onNews: is told what a log should say; must not block.
    package init(
        _ choice: FeedChoice,
        channel: FeedChannel,
        gauge: FeedGauge,
        backoff: Backoff = Backoff(initial: .milliseconds(25), maximum: .seconds(5)),
        onNews: @escaping @Sendable (FeedNews) -> Void = { _ in }
    ) {
        self.choice = choice
        self.sink = channel.inlet()
        self.gauge = gauge
        self.voice = gauge.voice()
        self.backoff = backoff
        self.onNews = onNews
    }

    /// Captures until cancelled; throws the `FeedError` of a first attempt that fails.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        if self.gauge.hasConnected {
            started()
        }
        var attempt = 1
        while true {
            let lastLook = self.gauge.lastLook
            let error = await self.capture(started)
            attempt = self.gauge.lastLook == lastLook ? attempt + 1 : 1
            guard error != .cancelled, !Task.isCancelled else {
                throw CancellationError()
            }
            guard self.gauge.hasConnected else {
                throw error
            }
            let pause = max(self.backoff.delay(attempt: attempt, random: .random(in: 0..<1)), self.resyncPause(error))
            self.onNews(.lost(error, retryAfter: pause))
            try await Task.sleep(for: pause)
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() {}

    /// Looks at the whole table that a stream asks for come no closer than a second, however many ask.
    private func resyncPause(_ error: FeedError) -> Duration {
        guard case .resync = error else {
            return .zero
        }
        let now = ContinuousClock.now
        let pause = self.lastResync.map { max(.zero, .seconds(1) - $0.duration(to: now)) } ?? .zero
        self.lastResync = now + pause
        return pause
    }

    /// Runs the first candidate that suits, to its end.
    private func capture(_ started: @escaping @Sendable () -> Void) async -> FeedError {
        var passedOver: [String] = []
        var last = FeedError.cancelled
        for candidate in self.choice.candidates(hasStarted: self.gauge.hasConnected) {
            last = await self.failure(of: candidate, passedOver, started)
            guard self.voice.lost(last), last.isUnsuitable else {
                return last
            }
            self.onNews(.passedOver(candidate.name, last))
            passedOver.append(last.description)
        }
        return last
    }

    private nonisolated func failure(
        of feed: any ChangeFeed,
        _ passedOver: [String],
        _ started: @escaping @Sendable () -> Void
    ) async -> FeedError {
        do {
            try await feed.run(into: self.sink) { progress in
                switch progress {
                case .connected(let name):
                    guard self.voice.connected(name) else {
                        return
                    }
                    self.onNews(.connected(name))
                    started()
                case .looked(let name, let reasons):
                    self.voice.looked(name, reasons: passedOver + reasons)
                case .heard:
                    self.voice.heard()
                }
            }
            return .cancelled
        } catch {
            return error
        }
    }
}

/// What a log should say about the capture.
package enum FeedNews: Sendable, Equatable {
    /// It reads the table and goes on from there.
    case connected(CaptureName)
    /// It doesn't suit; the next one is tried.
    case passedOver(CaptureName, FeedError)
    /// It ended; another attempt follows.
    case lost(FeedError, retryAfter: Duration)
}
