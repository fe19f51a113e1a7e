import NIOCore
import Synchronization

/// The connections of one generation of the Acceptor that are no session: they end with it.
///
/// Without it a connection that never sends a byte would hold the end of Hummingbird's server up for ever, and a restart
/// would leave accepted sockets behind. Bounded by the governor's limit of connections.
package final class PendingConnections: Sendable {
    private enum State {
        case open([ObjectIdentifier: any Channel])
        case closed

        var channels: [any Channel] {
            guard case .open(let channels) = self else { return [] }
            return Array(channels.values)
        }
    }

    private let state = Mutex(State.open([:]))

    /// Makes an empty set.
    init() {}

    /// Holds a connection until it is removed or closed; once the set is closed, closes it at once.
    func add(_ channel: any Channel) {
        let isHeld = self.state.withLock { state in
            guard case .open(var channels) = state else { return false }
            channels[ObjectIdentifier(channel)] = channel
            state = .open(channels)
            return true
        }
        guard isHeld else { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { [weak self] _ in self?.remove(channel) }
    }

    /// Lets go of a connection that has become a session.
    func remove(_ channel: any Channel) {
        self.state.withLock { state in
            guard case .open(var channels) = state else { return }
            channels[ObjectIdentifier(channel)] = nil
            state = .open(channels)
        }
    }

    /// How many there are.
    var count: Int {
        self.state.withLock { $0.channels.count }
    }

    /// Lets each end with the answer that is under way, or at once.
    func quiesce() {
        let channels = self.state.withLock { $0.channels }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes all, and every one that is still to come.
    func closeAll() {
        let channels = self.state.withLock { state in
            defer { state = .closed }
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}
