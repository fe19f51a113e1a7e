import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Runs
import Testing

@testable import Brain

/// Sessions, a ledger, and Broadcasters between them.
struct BroadcastRig {
    let sessions: SessionRig
    let ledger: LedgerRoom
    let account = QueueAccount()
    let queueTotal: Int

    init(
        loops: Int = 1,
        updateInterval: Duration = .zero,
        limit: LedgerLimit = LedgerLimit(),
        queueTotal: Int = 256 << 20
    ) {
        self.sessions = SessionRig(loops: loops)
        self.ledger = LedgerRoom(RunLedger(updateInterval: updateInterval, limit: limit))
        self.queueTotal = queueTotal
    }

    /// Runs a Broadcaster for as long as `body` takes, as the supervisor would.
    func broadcasting(_ body: (Broadcaster) async throws -> Void) async throws {
        try await running(self.makeBroadcaster(), body)
    }

    func makeBroadcaster(timerLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any()) -> Broadcaster {
        Broadcaster(
            ledger: self.ledger,
            directory: self.sessions.directory,
            account: self.account,
            queueTotal: self.queueTotal,
            timerLoop: timerLoop,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Changes a run.
    func change(_ id: String, _ status: String, progress: Int? = nil, error: String? = nil) {
        let row = RunRow(id: id, status: status, progress: progress.map { "\($0)" }, error: error)
        #expect(self.ledger.withLedger { $0.observed(row, now: .now) } == .changed)
    }
}

/// Runs a Broadcaster for as long as `body` takes.
func running(_ broadcaster: Broadcaster, _ body: (Broadcaster) async throws -> Void) async throws {
    let (starts, start) = AsyncStream<Void>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try? await broadcaster.run { start.finish() } }
        for await _ in starts {}
        try await body(broadcaster)
        group.cancelAll()
    }
}

extension String {
    /// Of a message: its type, its run and its progress, without the rest: `run_update r1 40`.
    var gist: String {
        func value(of key: String) -> String? {
            guard let range = self.firstRange(of: "\"\(key)\":") else { return nil }
            return String(self[range.upperBound...].prefix { $0 != "," && $0 != "}" }.filter { $0 != "\"" })
        }
        return ["type", "id", "progress", "runs"].compactMap(value).joined(separator: " ")
    }
}

extension TestClient {
    /// What the socket has been given, in short.
    func gists() async throws -> [String] {
        try await self.received().map { $0.hasPrefix("{") ? $0.gist : $0 }
    }
}

extension TestClient {
    /// Does something on the event loop, in a turn of its own, once the socket has been given so many bytes.
    func onceGiven(bytes: Int, _ action: @escaping @Sendable () -> Void) async throws {
        let channel = self.channel
        try await channel.testingEventLoop.executeInContext {
            try channel.pipeline.syncOperations.addHandler(GivenBytes(bytes, action), position: .first)
        }
    }
}

/// Counts what a socket is given.
private final class GivenBytes: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var missing: Int
    private let action: @Sendable () -> Void

    init(_ count: Int, _ action: @escaping @Sendable () -> Void) {
        self.missing = count
        self.action = action
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let wasMissing = self.missing
        self.missing -= Self.unwrapOutboundIn(data).readableBytes
        if wasMissing > 0, self.missing <= 0 { context.eventLoop.execute(self.action) }
        context.write(data, promise: promise)
    }
}
