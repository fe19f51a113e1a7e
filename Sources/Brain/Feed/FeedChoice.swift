/// The captures that a daemon may use, the best first; each that doesn't suit says why, and the next one is tried.
package struct FeedChoice: Sendable {
    private let candidates: [any ChangeFeed]
    private let fallbacks: [any ChangeFeed]

    /// Names them.
    ///
    /// - Parameters:
    ///   - candidates: of these one must suit at the daemon's start.
    ///   - fallbacks: tried after them from then on: a slower capture is better than none.
    package init(candidates: [any ChangeFeed], fallbacks: [any ChangeFeed] = []) {
        self.candidates = candidates
        self.fallbacks = fallbacks
    }

    /// What the setting `--capture` stands for.
    ///
    /// - Parameters:
    ///   - name: the one that was asked for; nil for the first that works.
    ///   - session: opens their connections.
    ///   - bell: wakes them.
    ///   - pace: how often they look.
    package init(_ name: CaptureName?, session: FeedSession, bell: FeedBell, pace: LookPace = LookPace()) {
        let notify = NotifyFeed(session: session, bell: bell, pace: pace)
        let fallback = PollFeed(session: session, bell: bell, pace: pace, givesWay: true)
        switch name {
        case .wal: self.init(candidates: [UnbuiltFeed()])
        case .notify: self.init(candidates: [notify], fallbacks: [fallback])
        case .poll: self.init(candidates: [PollFeed(session: session, bell: bell, pace: pace)])
        case nil: self.init(candidates: [notify, fallback])
        }
    }

    func candidates(hasStarted: Bool) -> [any ChangeFeed] {
        hasStarted ? self.candidates + self.fallbacks : self.candidates
    }
}

/// Stands for the capture by logical replication, which isn't built yet.
private struct UnbuiltFeed: ChangeFeed {
    let name = CaptureName.wal

    func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        throw .walNotBuilt
    }
}
