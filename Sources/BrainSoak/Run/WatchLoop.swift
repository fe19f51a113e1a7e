/// Looks second by second whether the daemon runs and whether anyone is late, says how far the run is, and ends it in
/// time.
///
/// It waits for no answer of the daemon's, so that nothing can hold it up.
struct WatchLoop: Sendable {
    let plan: SoakPlan
    let daemon: SoakDaemon
    let crowd: ClientCrowd
    let book: SoakBook
    let restarts: RestartDesk
    let screen: Screen

    /// How long the clients have to come for the first time; who isn't there then is missed.
    private static let arrival = 15

    /// Goes on until the time is over or the book ends; the book ends with it.
    func run() async throws {
        defer { self.book.end() }
        let end = Int(self.plan.minutes * 60)
        var second = 0
        while second < end {
            second = max(second + 1, Int(self.book.seconds))
            guard try await self.book.lasts(until: .seconds(second)) else { return }
            if let end = self.daemon.end {
                self.book.note { $0.ending.daemonEnded = end }
                return
            }
            self.watch(second)
        }
    }

    private func watch(_ second: Int) {
        self.book.tick(now: .now)
        let isLook = second.isMultiple(of: self.plan.secondsForLook)
        let losses = self.book.oracle.withLock { oracle in
            if isLook { oracle.look(now: .now) }
            return oracle.losses.count
        }
        if isLook { self.book.judgeUnheardEnds(self.restarts.gaps) }
        self.countSteady(second)
        let restarts = self.restarts.total
        var line = self.book.note { report in
            report.ranSeconds = second
            return ProgressLine(of: report)
        }
        (line.second, line.totalSeconds) = (second, Int(self.plan.minutes * 60))
        (line.losses, line.restarts) = (losses, restarts)
        line.findings += self.restarts.troubles.findings.count
        self.screen.show(line, second: second)
    }

    private func countSteady(_ second: Int) {
        let census = self.crowd.census
        let steady = census.byKind[.steady] ?? CrowdCensus.Share()
        self.book.note { report in
            report.presence.longestRoundSeconds = census.longestRound / .seconds(1)
            if second > Self.arrival { report.presence.add(steady.joined, of: steady.all) }
        }
    }
}
