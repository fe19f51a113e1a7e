package import WebSocket

/// All that a session knows of its socket: what carries the bytes can change without the session noticing.
///
/// What lies behind it outlives the session's actor: mailbox, inbound rules, heartbeat, counters. Every call is made on
/// the event loop of the socket.
package protocol SessionTransport: AnyObject, Sendable {
    /// Puts a frame into the mailbox.
    func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Mailbox.Outcome
    /// Writes owed pongs, then from the mailbox, as long as the socket takes it.
    ///
    /// - Returns: whether nothing waits any more.
    func pump(now: ContinuousClock.Instant) -> Bool
    /// Asks the heartbeat what this moment demands.
    func heartbeat(now: ContinuousClock.Instant) -> Heartbeat.Action
    /// Lets a pong or an application pong go out with the next `pump`, in place of one of its kind that still waits.
    func owe(_ pong: PreparedFrame)
    /// Writes a ping and notes when it was written.
    func ping(_ payload: UInt64)
    /// Forgets what is owed, and writes the close frame; `code` is what the list of closed sessions will show.
    func sendClose(_ code: CloseCode, reason: String)
    /// Answers the peer's close frame with its own code.
    func answerClose(_ code: UInt16?)
    /// Ends the connection.
    func disconnect()
}
