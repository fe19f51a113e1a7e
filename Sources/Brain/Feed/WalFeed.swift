import Postgres
import Runs

/// The capture from the write-ahead log: a temporary slot, pgoutput, and a look at the table as of the slot's beginning.
///
/// Each committed state is seen, in the order of commits, and no writer waits for it. It begins like this:
///
/// 1. A slot is made, which exports the snapshot of the moment at which its stream begins. That waits for transactions
///    that write and began before; meanwhile ``PollFeed`` serves.
/// 2. The snapshot is taken over by a second connection, and the stream begins.
/// 3. The table is read in the snapshot and told as a whole look. Where `poll` has served meanwhile, what it may have told
///    is in the stream already and newer than the snapshot: those transactions are read first, and their rows take the
///    place of the snapshot's. So nothing is told twice, nothing older after something newer, and nothing is missed.
/// 4. From there on each transaction is told as it was committed.
///
/// Whatever goes wrong, both connections are dropped and it begins anew: the slot is gone with its connection.
package struct WalFeed: ChangeFeed {
    /// `wal`.
    package let name = CaptureName.wal
    private let session: FeedSession
    private let bell: FeedBell
    private let pace: LookPace
    private let prospect: CaptureProspect

    /// A capture that isn't running yet.
    ///
    /// - Parameters:
    ///   - session: opens its connections.
    ///   - bell: wakes it.
    ///   - pace: how often it looks at the table's description, and how `poll` looks meanwhile.
    ///   - prospect: knows how earlier tries went; nil for no memory of them.
    init(session: FeedSession, bell: FeedBell, pace: LookPace, prospect: CaptureProspect?) {
        self.session = session
        self.bell = bell
        self.pace = pace
        self.prospect = prospect ?? CaptureProspect()
    }

    /// Captures until a connection is lost or the task is cancelled (`ChangeFeed.run`).
    package func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) {
        guard self.prospect.isWorthATry(at: .now) else {
            throw .walUnusable(.leftAlone)
        }
        let control = try await self.session.open()
        let began = ContinuousClock.now
        let error = await self.failure(control, sink, live)
        await control.close()
        throw self.judged(error, after: began.duration(to: .now))
    }

    /// A server that turns the stream down, or breaks it off again and again, is left alone for a while.
    private func judged(_ error: FeedError, after duration: Duration) -> FeedError {
        switch error {
        case .walUnusable(.refused): self.prospect.failed(at: .now)
        case .streamBroken(let text) where self.prospect.brokeOff(after: duration, at: .now):
            return .walUnusable(.refused(text))
        default: self.prospect.ended(after: duration)
        }
        return error
    }

    private func failure(
        _ control: Connection,
        _ sink: any FeedSink,
        _ live: @escaping @Sendable (FeedProgress) -> Void
    ) async -> FeedError {
        do throws(FeedError) {
            let table = try await RunsTable.read(on: control)
            let readiness = try await WalReadiness.read(of: table, on: control)
            if let obstacle = readiness.obstacle {
                throw FeedError.walUnusable(obstacle)
            }
            let stream = try await self.openStream(beside: control)
            let capture = WalCapture(
                control: control,
                stream: stream,
                table: table,
                readiness: readiness,
                session: self.session,
                bell: self.bell,
                pace: self.pace,
                sink: sink,
                live: live
            )
            let error = await capture.failure()
            await stream.close()
            return error
        } catch {
            return error
        }
    }

    /// Where the other connection is still there, a failure is about replication: pg_hba.conf, or no walsender is free.
    private func openStream(beside control: Connection) async throws(FeedError) -> Connection {
        do {
            return try await self.session.openReplication()
        } catch .cancelled {
            throw .cancelled
        } catch {
            _ = try await WalReadiness.standby(on: control)
            throw .walUnusable(.refused("no replication connection: \(error)"))
        }
    }
}
