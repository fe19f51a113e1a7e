/// Endless work side by side.
enum FeedTasks {
    /// Runs all of them until the first fails, then cancels the others and waits for their end.
    ///
    /// - Parameter works: each throws a ``FeedError`` sooner or later (the type isn't in the signature, since Swift 6.3
    ///   fails to compile such closures); one that returns counts as cancelled.
    /// - Returns: the first failure.
    static func firstFailure(of works: [@Sendable () async throws -> Void]) async -> FeedError {
        await withTaskGroup(of: FeedError.self) { group in
            for work in works {
                group.addTask { await Self.failure(of: work) }
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .cancelled
        }
    }

    private static func failure(of work: @Sendable () async throws -> Void) async -> FeedError {
        do {
            try await work()
            return .cancelled
        } catch {
            return error as? FeedError ?? .lost(String(describing: error))
        }
    }
}
