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
        let prospects = [CaptureName.wal: CaptureProspect(), .notify: CaptureProspect()]
        func better(_ names: [CaptureName]) -> BetterCaptures {
            BetterCaptures(names, prospects: prospects)
        }
        func notify(_ names: [CaptureName]) -> NotifyFeed {
            NotifyFeed(session: session, bell: bell, pace: pace, better: better(names), prospect: prospects[.notify])
        }
        func poll(_ names: [CaptureName]) -> PollFeed {
            PollFeed(session: session, bell: bell, pace: pace, better: better(names))
        }
        let wal = WalFeed(session: session, bell: bell, pace: pace, prospect: prospects[.wal])
        switch name {
        case .wal: self.init(candidates: [wal], fallbacks: [poll([.wal])])
        case .notify: self.init(candidates: [notify([])], fallbacks: [poll([.notify])])
        case .poll: self.init(candidates: [poll([])])
        case nil: self.init(candidates: [wal, notify([.wal]), poll([.wal, .notify])])
        }
    }

    func candidates(hasStarted: Bool) -> [any ChangeFeed] {
        hasStarted ? self.candidates + self.fallbacks : self.candidates
    }
}
