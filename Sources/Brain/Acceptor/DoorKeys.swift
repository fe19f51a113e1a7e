package import NIOCore

/// What a door needs of the house: the gate, the places, the sessions.
package struct DoorKeys: Sendable {
    /// Decides who may talk to the daemon.
    let gate: Gate
    /// Decides how many may.
    let book: AdmissionBook
    /// Where a session is registered.
    let directory: SessionDirectory
    /// Who else may ask for an upgrade; nil, as in the daemon, for nobody.
    let sideDoor: SideDoor?
    /// Called when a session awaits a snapshot.
    let snapshotAwaited: @Sendable () -> Void

    /// Gathers what a door needs.
    ///
    /// - Parameters:
    ///   - gate: decides who may talk to the daemon.
    ///   - book: decides how many may.
    ///   - directory: where a session is registered.
    ///   - sideDoor: who else may ask for an upgrade.
    ///   - snapshotAwaited: called when a session awaits a snapshot.
    package init(
        gate: Gate,
        book: AdmissionBook,
        directory: SessionDirectory,
        sideDoor: SideDoor? = nil,
        snapshotAwaited: @escaping @Sendable () -> Void
    ) {
        self.gate = gate
        self.book = book
        self.directory = directory
        self.sideDoor = sideDoor
        self.snapshotAwaited = snapshotAwaited
    }
}

/// A WebSocket path whose connections are no sessions, such as a benchmark's publisher: the gate judges them, nobody
/// counts them.
package struct SideDoor: Sendable {
    let path: String
    let makeHandler: @Sendable () -> any ChannelHandler

    /// Opens a path.
    ///
    /// - Parameters:
    ///   - path: where the upgrade is asked for.
    ///   - makeHandler: makes what takes the socket over; it reads `WebSocketFrame` and writes `ByteBuffer`.
    package init(path: String, makeHandler: @escaping @Sendable () -> any ChannelHandler) {
        self.path = path
        self.makeHandler = makeHandler
    }
}
