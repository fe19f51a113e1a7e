/// What a ``ClientMachine`` wants done, and what it has met.
struct ClientOutput: Sendable {
    /// In order, all clients' together.
    var events: [ClientEvent] = []
    /// Of one client, in order.
    var actions: [ClientAction] = []
}

/// What a client does to its socket.
enum ClientAction: Sendable, Equatable {
    /// Opens one.
    case connect
    /// Sends all of it at once: it is never more than a few hundred bytes.
    case send([UInt8])
    /// Ends the connection, without anything further.
    case close(CloseManner)
}

/// How a socket is closed.
enum CloseManner: Sendable, Equatable {
    case plain
    /// With a RST (SO_LINGER 0), as of a peer that crashed.
    case reset
}

/// What a client waits for.
enum ClientInterest: Sendable {
    /// Nothing but its deadline: not even the end of its connection.
    case nothing
    /// That its connect has succeeded or failed.
    case connection
    /// Bytes, or the end of them.
    case bytes
    /// The end of its connection, as far as it shows without reading.
    case hangUp
}
