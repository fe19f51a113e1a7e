/// What a client of the soak has met, in its order.
enum ClientEvent: Sendable, Equatable {
    /// It has seen the 101: what is committed from now on must reach it.
    case joined(client: Int)
    /// It was sent a state of a run.
    case heard(client: Int, RunStep)
    /// Its connection has ended, by whichever side: nothing more can reach it.
    case left(client: Int, LeaveReason)
    /// It was refused, or couldn't connect.
    case refused(client: Int, status: Int)
    /// It was sent what no client may be sent.
    case violated(client: Int, String)
}

/// Why a client's connection ended.
enum LeaveReason: Sendable, Equatable {
    /// The client's own doing.
    case ownWill
    /// A close frame of the daemon's, with its code.
    case closed(code: Int)
    /// The connection broke without one.
    case cut
}

/// How a client behaves.
enum ClientKind: String, Sendable, CaseIterable {
    /// Reads all that comes, and stays.
    case steady
    /// Reads a little at a time, less than what comes under load.
    case slow
    /// Never reads again after its 101, and never answers.
    case halfOpen
    /// Stays for a moment, leaves with or without a close frame, and comes back.
    case churning
}
