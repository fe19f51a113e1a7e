/// One way to notice changes of `runs`, from connecting to the loss of the connection.
///
/// Each run of it begins with a look at the whole table, so whatever happened before is caught up.
package protocol ChangeFeed: Sendable {
    /// Its name in settings, logs and `/api/ready`.
    var name: CaptureName { get }

    /// Connects, tells the whole table, then each change, until something fails.
    ///
    /// - Parameters:
    ///   - sink: takes the events.
    ///   - live: is told how far it has come; must not block.
    /// - Throws: why it ended; it doesn't return otherwise.
    func run(
        into sink: any FeedSink,
        live: @escaping @Sendable (FeedProgress) -> Void
    ) async throws(FeedError)
}

/// How far a capture has come.
package enum FeedProgress: Sendable, Equatable {
    /// Connected, and the table and what it takes are in place; the look at the whole table follows.
    case connected(CaptureName)
    /// All that was committed up to a moment before is in the sink. The reasons say why it is slower than it could be.
    case looked(CaptureName, reasons: [String])
    /// The server gave a sign: whatever had been committed a moment before is in the sink, or comes before what follows.
    case heard
}
