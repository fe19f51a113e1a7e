import NIOCore
import Synchronization

/// The connections of one generation of the Acceptor that are no session: they end with it.
///
/// Without it a restart would leave accepted sockets behind. Who adds a connection removes it when it is over. Bounded by
/// the governor's limit of connections.
package final class PendingConnections: Sendable {
    private struct State {
        private(set) var channels: [ObjectIdentifier: any Channel] = [:]
        private var isClosed = false

        mutating func insert(_ channel: any Channel) -> Bool {
            guard !self.isClosed else { return false }
            self.channels[ObjectIdentifier(channel)] = channel
            return true
        }

        mutating func remove(_ channel: any Channel) {
            self.channels[ObjectIdentifier(channel)] = nil
        }

        mutating func close() -> [any Channel] {
            self.isClosed = true
            defer { self.channels = [:] }
            return Array(self.channels.values)
        }
    }

    private let state = Mutex(State())

    /// Makes an empty set.
    init() {}

    /// Holds a connection until it is removed; once the set is closed, closes it at once.
    func add(_ channel: any Channel) {
        let isHeld = self.state.withLock { $0.insert(channel) }
        if !isHeld { channel.close(promise: nil) }
    }

    /// Lets go of a connection that has become a session, or is over.
    func remove(_ channel: any Channel) {
        self.state.withLock { $0.remove(channel) }
    }

    /// How many there are.
    var count: Int {
        self.state.withLock { $0.channels.count }
    }

    /// Lets each end with the answer that is under way, or at once.
    func quiesce() {
        let channels = self.state.withLock { Array($0.channels.values) }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes all, and every one that is still to come.
    func closeAll() {
        let channels = self.state.withLock { $0.close() }
        for channel in channels { channel.close(promise: nil) }
    }
}
