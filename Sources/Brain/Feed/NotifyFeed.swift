import Postgres
import Synchronization

/// The capture by Brain's trigger: one connection listens, another asks for the runs that were named.
///
/// A notification comes after its commit can be seen, and the asking connection runs one statement at a time, so a
/// run's last state is always read, and never an older one after a newer one. Where the trigger may be silent (no
/// advisory lock yet, a full queue) it looks by `xmin` like ``PollFeed``. Either connection lost, both are dropped.
package struct NotifyFeed: ChangeFeed {
    /// `notify`.
    package let name = CaptureName.notify
    private let session: FeedSession
    private let bell: FeedBell
    private let pace: LookPace
    private let better: BetterCaptures
    private let prospect: CaptureProspect

    /// A capture that isn't running yet.
    ///
    /// - Parameters:
    ///   - session: opens its two connections.
    ///   - bell: wakes it.
    ///   - pace: how often it looks by itself.
    ///   - better: captures for one of which it ends, with ``FeedError/superseded``, once that can be had.
    ///   - prospect: knows how earlier tries went; nil for no memory of them.
    init(session: FeedSession, bell: FeedBell, pace: LookPace, better: BetterCaptures, prospect: CaptureProspect?) {
        self.session = session
        self.bell = bell
        self.pace = pace
        self.better = better
        self.prospect = prospect ?? CaptureProspect()
    }

    /// Captures until a connection is lost or the task is cancelled (`ChangeFeed.run`).
    package func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        guard self.prospect.isWorthATry(at: .now) else {
            throw .deaf
        }
        let asker = try await self.session.open()
        let error: FeedError
        do throws(FeedError) {
            // Before the lock and the first look: nothing that is sent from now on is missed.
            let listener = try await self.session.open(
                "LISTEN \(BrainTrigger.channel); LISTEN \(HearingProbe.channel);"
            )
            error = await self.failure(listener, asker, sink, live)
            await listener.close()
        } catch let failure {
            error = failure
        }
        await asker.close()
        if error == .deaf {
            self.prospect.failed(at: .now)
        }
        throw error
    }

    private func failure(
        _ listener: Connection,
        _ asker: Connection,
        _ sink: any FeedSink,
        _ live: @escaping @Sendable (FeedProgress) -> Void
    ) async -> FeedError {
        let inbox = NotifyInbox()
        return await FeedTasks.firstFailure(of: [
            { try await self.bell.tick(every: self.pace.tick) },
            { try await inbox.fill(from: listener, ringing: self.bell) },
            { try await self.work(asker, inbox, sink, live) },
        ])
    }

    private func work(
        _ asker: Connection,
        _ inbox: NotifyInbox,
        _ sink: any FeedSink,
        _ live: @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        let table = try await RunsTable.read(on: asker)
        let look = TableLook(connection: asker, table: table, sink: sink)
        var worker = NotifyWorker(look: look, inbox: inbox, pace: self.pace, better: self.better)
        try await worker.run(bell: self.bell, live: live)
    }
}

/// What was heard and not looked at yet: bounded, see ``PendingRuns``.
final class NotifyInbox: Sendable {
    private let pending = Mutex(PendingRuns())
    /// Answers what was sent to itself.
    let probe = HearingProbe()

    /// Listens for as long as the connection lasts.
    func fill(from listener: Connection, ringing bell: FeedBell) async throws(FeedError) {
        while true {
            do {
                let heard = try await listener.notifications()
                self.take(heard)
            } catch {
                throw FeedError(error)
            }
            bell.ring()
        }
    }

    private func take(_ heard: [Notification]) {
        self.pending.withLock { pending in
            for notification in heard where notification.channel == BrainTrigger.channel {
                pending.notified(notification.payload)
            }
        }
        for notification in heard where notification.channel == HearingProbe.channel {
            self.probe.heard(notification.payload)
        }
    }

    func takeEverything() -> Bool {
        self.pending.withLock { $0.takeEverything() }
    }

    func takeIDs() -> [String] {
        self.pending.withLock { $0.take(TableLook.pieceSize) }
    }
}
