/// A message for every session, encoded once.
package struct RunFrame: Sendable {
    /// Counted from 1, without gaps but where the outbox overflowed.
    package let number: UInt64
    /// The run's id as text; to look a run up by it use ``run``, which compares ids as PostgreSQL does.
    package let runID: String
    /// Whether the message must not be left out: a `run_complete` or `run_failed`.
    package let isTerminal: Bool
    /// The whole JSON text in UTF-8.
    package let message: [UInt8]

    /// What to find the run by in a dictionary.
    package var run: RunID { RunID(self.runID) }
}
