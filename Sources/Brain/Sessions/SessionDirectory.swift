package import Logging
package import NIOCore
import Synchronization

/// All sessions of the process: one shard for each event loop.
///
/// Owned by the tree, so that no crash of a room loses one.
package final class SessionDirectory: Sendable {
    /// The shards, in the order of the event loops.
    package let shards: [SessionShard]
    private let shardByLoop: [ObjectIdentifier: SessionShard]
    private let lastNumber = Atomic<UInt64>(0)

    /// Makes a shard for every event loop of the group.
    package init(group: any EventLoopGroup, settings: SessionSettings, logger: Logger) {
        let loops = Array(group.makeIterator())
        self.shards = loops.enumerated().map {
            SessionShard(index: $0, eventLoop: $1, settings: settings, logger: logger)
        }
        // Safety: a group has each of its loops once.
        self.shardByLoop = Dictionary(uniqueKeysWithValues: zip(loops.map { ObjectIdentifier($0) }, self.shards))
    }

    /// The number of open sessions, without waiting for a shard.
    package var count: Int { self.shards.reduce(0) { $0 + $1.presence.sockets } }

    /// The shard of an event loop; nil for a loop of another group.
    package func shard(of eventLoop: any EventLoop) -> SessionShard? {
        self.shardByLoop[ObjectIdentifier(eventLoop)]
    }

    /// Takes in a session, on its channel's event loop and before its 101 (`SessionShard.register`).
    ///
    /// - Parameters:
    ///   - channel: the socket, on an event loop of the directory's group.
    ///   - admission: who was let in, and the lease.
    ///   - awaitsSnapshot: whether nothing goes out before a snapshot.
    /// - Returns: the handler to put into the pipeline after the 101; nil for a channel of another group.
    func register(
        _ channel: any Channel,
        admission: SessionAdmission,
        awaitsSnapshot: Bool
    ) -> SessionChannel? {
        guard let shard = self.shard(of: channel.eventLoop) else { return nil }
        let facts = admission.facts(of: SessionID(number: self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue))
        let presence = shard.presence
        presence.socketOpened()
        channel.closeFuture.whenComplete { _ in presence.socketClosed() }
        return shard.assumeIsolated {
            $0.register(channel, facts: facts, lease: admission.lease, awaitsSnapshot: awaitsSnapshot)
        }
    }

    /// Tells the lease of every session that a census has found it.
    func findSessions(_ census: Int) async {
        for shard in self.shards { _ = await shard.findSessions(census) }
    }

    /// Every open session.
    package func reports() async -> [SessionReport] {
        var all: [SessionReport] = []
        for shard in self.shards { all += await shard.reports() }
        return all
    }

    /// One open session.
    package func report(of id: SessionID) async -> SessionReport? {
        for shard in self.shards {
            if let report = await shard.report(of: id) { return report }
        }
        return nil
    }

    /// Closes a session with 1000; false where there is none of this name.
    package func close(_ id: SessionID) async -> Bool {
        for shard in self.shards where await shard.close(id) { return true }
        return false
    }

    /// Lets a session's actor fall ill; false where there is none of this name.
    func afflict(_ id: SessionID, with course: SessionAilment.Course) async -> Bool {
        for shard in self.shards where await shard.afflict(id, with: course) { return true }
        return false
    }

    /// What all shards add up to.
    package func totals() async -> SessionTotals {
        var totals = SessionTotals()
        for shard in self.shards { totals += await shard.sums() }
        return totals
    }

    /// The hundred sessions that ended last, the latest first.
    package func recentlyClosed() async -> [ClosedSession] {
        var all: [ClosedSession] = []
        for shard in self.shards { all += await shard.recentlyClosed().reversed() }
        return Array(all.sorted { $0.closedAt > $1.closedAt }.prefix(EndedSessions.remembered))
    }
}

/// A client that was let in: what the gate and the governor found out about it.
package struct SessionAdmission: Sendable {
    /// Address and port of the socket's other end.
    package let peer: String
    /// The client's own address.
    package let client: IPAddress
    /// The Origin header.
    package let origin: String?
    /// The User-Agent header.
    package let userAgent: String?
    /// What gives the place back.
    package let lease: AdmissionLease

    fileprivate func facts(of id: SessionID) -> SessionFacts {
        SessionFacts(
            id: id,
            peer: self.peer,
            client: self.client,
            origin: self.origin,
            userAgent: self.userAgent,
            connectedAt: WallClock.milliseconds,
            since: .now
        )
    }
}
