import Brain
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Runs
import Supervision
import Synchronization

/// Acceptor, sessions and Broadcaster as in the daemon, fed by what comes in on `/pub` in place of a database.
///
/// Each text frame of a publisher is a change of a run of its own, sent on as it is. No limit of a client's holds: the
/// load generator is one.
final class FanoutServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let ledger = LedgerRoom(RunLedger(updateInterval: .zero))
    private let directory: SessionDirectory
    private let broadcaster = Room<Broadcaster>()
    private let gate = Gate(rules: GateRules())
    private let book = AdmissionBook(limits: FanoutServer.unlimited)
    private let account = QueueAccount()
    private let logger: Logger
    private let port: Int
    private let failing: Int

    /// - Parameters:
    ///   - port: where it listens, on loopback.
    ///   - loops: event loops, a thread each.
    ///   - failing: sessions that fail each second.
    init(port: Int, loops: Int, failing: Int) {
        var logger = Logger(label: "brain-bench")
        logger.logLevel = .warning
        self.logger = logger
        (self.port, self.failing) = (port, failing)
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        self.directory = SessionDirectory(group: self.group, settings: SessionSettings(), logger: logger)
    }

    /// Serves until cancelled.
    ///
    /// - Parameter listening: called with the port.
    /// - Throws: where the port can't be had, or a part of it failed too often.
    func run(listening: @escaping @Sendable (Int) -> Void) async throws {
        let supervisor = Supervisor(id: "fanout", children: self.children(listening), onEvent: { _ in })
        do {
            try await supervisor.run()
        } catch {
            try? await self.group.shutdownGracefully()
            throw error
        }
        try await self.group.shutdownGracefully()
    }

    private func children(_ listening: @escaping @Sendable (Int) -> Void) -> [ChildSpec] {
        var children = [
            ChildSpec(id: "broadcaster", purpose: "sends on what is published") { self.makeBroadcaster() },
            ChildSpec(id: "sessions", purpose: "one ClientSession per socket") { self.makeSessions() },
            ChildSpec(id: "acceptor", purpose: "the listening socket") { self.makeAcceptor(listening) },
        ]
        if self.failing > 0 {
            let failing = FailingSessions(directory: self.directory, rate: self.failing)
            children.append(ChildSpec(id: "failing-sessions", purpose: "has sessions throw") { failing })
        }
        return children
    }

    private func makeBroadcaster() -> any Child {
        self.broadcaster.moveIn(
            Broadcaster(
                ledger: self.ledger,
                directory: self.directory,
                account: self.account,
                queueTotal: 256 << 20,
                timerLoop: self.group.any(),
                logger: self.logger
            )
        )
    }

    private func makeSessions() -> any Child {
        Sessions(directory: self.directory, drainTimeout: .seconds(1))
    }

    private func makeAcceptor(_ listening: @escaping @Sendable (Int) -> Void) -> any Child {
        let settings = AcceptorSettings(host: "127.0.0.1", port: self.port)
        let publishers = SideDoor(path: "/pub") {
            Publisher(ledger: self.ledger) { self.broadcaster.current?.wake() }
        }
        let keys = DoorKeys(gate: self.gate, book: self.book, directory: self.directory, sideDoor: publishers) {}
        return Acceptor(
            settings: settings,
            group: self.group,
            logger: self.logger,
            makeChannel: {
                ChildChannel(keys: keys, settings: settings, pending: $0) { _, _ in Response(status: .notFound) }
            },
            listening: { listening($0.port ?? self.port) }
        )
    }

    private static var unlimited: AdmissionLimits {
        var limits = AdmissionLimits()
        limits.sessions = .max
        limits.sessionsPerAddress = .max
        limits.sessionRatePerAddress = 0
        limits.connections = .max
        limits.connectionsPerAddress = .max
        return limits
    }
}
