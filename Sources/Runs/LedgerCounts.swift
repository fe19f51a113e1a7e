/// How much there is in a ``RunLedger`` and how much has gone through it.
package struct LedgerCounts: Sendable, Equatable {
    /// Runs known.
    package let runs: Int
    /// Rows taken in, ever.
    package let observed: Int
    /// Those that differed from what was known, ever.
    package let changed: Int
    /// Updates left out in favour of something newer, ever.
    package let conflated: Int
    /// Rows whose status no one understands, ever.
    package let unknownWords: Int
    /// Messages that aren't made yet: ready, or held back.
    package let waiting: Int
    /// Frames that not every shard has acknowledged.
    package let outbox: Int
}
