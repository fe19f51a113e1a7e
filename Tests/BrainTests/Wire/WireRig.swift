import Logging
import NIOCore
import NIOPosix
import NIOWebSocket
import Runs
import Testing
import WebSocket

@testable import Brain

/// Sessions on real event loops and real sockets, a ledger, and a Broadcaster between them.
struct WireRig {
    struct Never: Error {
        let what: String
    }

    let group: MultiThreadedEventLoopGroup
    let directory: SessionDirectory
    let ledger: LedgerRoom
    let account = QueueAccount()
    let book: AdmissionBook
    private let queueTotal: Int

    private static let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let patience = Duration.seconds(200)

    private init(loops: Int, updateInterval: Duration, queueTotal: Int, settings: SessionSettings) {
        self.queueTotal = queueTotal
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        self.directory = SessionDirectory(group: self.group, settings: settings, logger: Self.silence)
        self.ledger = LedgerRoom(RunLedger(updateInterval: updateInterval))
        var limits = AdmissionLimits()
        (limits.sessionsPerAddress, limits.sessionRatePerAddress) = (1000, 0)
        self.book = AdmissionBook(limits: limits)
    }

    /// Runs a Broadcaster over a rig for as long as `body` takes.
    static func broadcasting(
        loops: Int = 1,
        updateInterval: Duration = .zero,
        queueTotal: Int = 256 << 20,
        settings: SessionSettings = SessionSettings(),
        _ body: (WireRig, Broadcaster) async throws -> Void
    ) async throws {
        let rig = WireRig(loops: loops, updateInterval: updateInterval, queueTotal: queueTotal, settings: settings)
        do {
            try await running(rig.makeBroadcaster()) { try await body(rig, $0) }
        } catch {
            try? await rig.group.shutdownGracefully()
            throw error
        }
        try await rig.group.shutdownGracefully()
    }

    private func makeBroadcaster() -> Broadcaster {
        Broadcaster(
            ledger: self.ledger,
            directory: self.directory,
            account: self.account,
            queueTotal: self.queueTotal,
            timerLoop: self.group.next(),
            logger: Self.silence
        )
    }

    /// Lets the event loops work until something holds.
    func until(_ what: String, _ holds: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + Self.patience
        while try await !holds() {
            guard ContinuousClock.now < end else { throw Never(what: what) }
            for shard in self.directory.shards { try await shard.eventLoop.submit {}.get() }
        }
    }

    /// Hands out all that the ledger has, held back or not.
    func broadcastAll(by broadcaster: Broadcaster) async throws {
        try await self.until("the end of the broadcasts") {
            await broadcaster.broadcast()
            return self.ledger.withLedger { $0.counts.waiting == 0 && $0.counts.outbox == 0 }
        }
    }
}

// MARK: Clients
extension WireRig {
    /// Opens a session, as the upgrade does.
    func open(
        _ kind: WireEnd.Kind = .pair(sendBuffer: 1 << 20),
        awaitsSnapshot: Bool = false
    ) async throws -> WireClient {
        let wire = try WireEnd(kind)
        let channel = try await ClientBootstrap(group: self.group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .withConnectedSocket(wire.near).get()
        let id = try await channel.eventLoop.submit { try self.becomeSession(channel, awaitsSnapshot) }.get()
        let shard = try #require(self.directory.shard(of: channel.eventLoop))
        return WireClient(id: id, shard: shard, channel: channel, wire: wire)
    }

    private func becomeSession(_ channel: any Channel, _ awaitsSnapshot: Bool) throws -> SessionID {
        let admission = try self.admission()
        let session = self.directory.register(channel, admission: admission, awaitsSnapshot: awaitsSnapshot)
        try SocketBuffers.prepare(channel)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 65_536)))
        try pipeline.addHandler(try #require(session))
        return try #require(session?.facts.id)
    }

    private func admission() throws -> SessionAdmission {
        let client = try address("127.0.0.1")
        return SessionAdmission(
            peer: "127.0.0.1:1",
            client: client,
            origin: nil,
            userAgent: nil,
            lease: try self.book.admitSession(client: client, now: .now)
        )
    }
}

/// A session's client, with what the server's side is asked through.
struct WireClient: Sendable {
    let id: SessionID
    let shard: SessionShard
    let channel: any Channel
    let wire: WireEnd
    let inbox = WireInbox()

    /// Reads up to so many bytes of what has come.
    func read(atMost count: Int = 1 << 16) {
        self.inbox.take(self.wire.read(atMost: count))
    }

    /// Reads everything that the session is to be sent, and nothing of what is held back before it.
    @discardableResult
    func readAll(in rig: WireRig) async throws -> [UInt8] {
        try await rig.until("all that is owed to \(self.id)") {
            self.read()
            let report = await self.shard.report(of: self.id)
            guard let report, !self.inbox.isAtEnd else { return self.inbox.isAtEnd }
            guard report.queuedRuns == 0, try await self.heldByChannel == 0 else { return false }
            return report.counters.bytesSent <= self.inbox.bytes.count
        }
        return self.inbox.bytes
    }

    /// What NIO holds for the socket; nothing once that is closed.
    var heldByChannel: Int {
        get async throws {
            let channel = self.channel
            return try await channel.eventLoop.submit {
                (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            }.get()
        }
    }
}
