import Postgres

/// A temporary slot, as the server describes it.
struct WalSlot: Sendable, Equatable {
    let name: String
    /// Where its stream begins: what committed before is in the snapshot.
    let start: LogPosition
    /// Names the snapshot for `SET TRANSACTION SNAPSHOT`, until the connection takes another command.
    let snapshot: String
}

/// Makes a slot, and has the table polled for as long as that takes.
struct WalSlotMaking: Sendable {
    /// How long nothing is captured before `poll` serves: it begins with a look at the whole table, which a slot that is
    /// about to come makes needless.
    private static let patience = Duration.milliseconds(250)

    let stream: Connection

    private enum Outcome: Sendable {
        case made(Result<WalSlot, FeedError>)
        case patienceIsOver
        case polled(FeedError)
    }

    /// The slot, once no poll runs any more.
    ///
    /// - Throws: `walUnusable` where the server turns it down; whatever ended the poll before.
    func slot(
        meanwhile poll: PollFeed,
        _ sink: any FeedSink,
        _ live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError) -> WalSlot {
        let result = await withTaskGroup(of: Outcome.self) { group in
            group.addTask { .made(await self.made()) }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return .patienceIsOver
            }
            var result: Result<WalSlot, FeedError> = .failure(.cancelled)
            for await outcome in group {
                switch outcome {
                case .made(let made): result = made
                case .polled(let error): result = .failure(error)
                case .patienceIsOver:
                    group.addTask { .polled(await Self.failure(of: poll, sink, live)) }
                    continue
                }
                break
            }
            group.cancelAll()
            await group.waitForAll()
            return result
        }
        return try result.get()
    }

    private static func failure(
        of poll: PollFeed,
        _ sink: any FeedSink,
        _ live: @escaping @Sendable (FeedProgress) -> Void
    ) async -> FeedError {
        do {
            try await poll.run(into: sink, live: live)
            return .cancelled
        } catch {
            return error
        }
    }

    /// No limit of time: a transaction that has begun may last for days.
    private func made() async -> Result<WalSlot, FeedError> {
        let name = "brain_\(self.stream.backendPID)"
        do {
            let rows = try await self.stream.simpleQuery(
                "CREATE_REPLICATION_SLOT \(name) TEMPORARY LOGICAL pgoutput EXPORT_SNAPSHOT"
            )
            guard let start = LogPosition(rows[0, 1]), let snapshot = rows[0, 2] else {
                return .failure(.walUnusable(.refused("the slot came without a snapshot")))
            }
            return .success(WalSlot(name: name, start: start, snapshot: snapshot))
        } catch .server(_, let message, _) {
            return .failure(.walUnusable(.refused("no replication slot: \(message)")))
        } catch {
            return .failure(FeedError(error))
        }
    }
}
