import Glibc
package import Logging
package import NIOCore
import NIOPosix
import Supervision

/// The limits of a connection before it is a session, and where it comes in.
package struct AcceptorSettings: Sendable {
    /// The address or name to bind; nil is `::` for both families, or `0.0.0.0` where there is no IPv6.
    package var host: String?
    /// The TCP port; 0 takes a free one, and keeps it over restarts.
    package var port: Int
    /// From the accept to the end of a request, and how long a connection may idle.
    package var handshakeTimeout: Duration
    /// The longest message of a client's.
    package var maxMessageBytes: Int
    /// What the answers under way may take when the daemon stops.
    package var stopTime: Duration

    /// Makes settings of a host, or nil, and a port, the rest as the contract has it.
    package init(host: String?, port: Int) {
        self.host = host
        self.port = port
        self.handshakeTimeout = .seconds(5)
        self.maxMessageBytes = 65_536
        self.stopTime = .milliseconds(400)
    }
}

/// The child `acceptor`: the listening socket, HTTP, the upgrade. Sessions outlive it.
package actor Acceptor: Child {
    /// What is in the kernel's queue between two turns of the event loop.
    private static let backlog: Int32 = 1024
    /// How often a stop looks whether all requests are answered.
    private static let look = Duration.milliseconds(10)

    private let settings: AcceptorSettings
    private let group: any EventLoopGroup
    private let logger: Logger
    private let pending = PendingConnections()
    private let makeChannel: @Sendable (PendingConnections) -> ChildChannel
    private let listening: @Sendable (SocketAddress) -> Void
    private var listener: (any Channel)?
    private var isStopping = false

    /// Makes an acceptor that binds once it runs.
    ///
    /// - Parameters:
    ///   - settings: where to listen.
    ///   - group: the event loops of all sockets.
    ///   - logger: for what it has to say.
    ///   - makeChannel: sets up each connection.
    ///   - listening: called with the bound address.
    package init(
        settings: AcceptorSettings,
        group: any EventLoopGroup,
        logger: Logger,
        makeChannel: @escaping @Sendable (PendingConnections) -> ChildChannel,
        listening: @escaping @Sendable (SocketAddress) -> Void
    ) {
        self.settings = settings
        self.group = group
        self.logger = logger
        self.makeChannel = makeChannel
        self.listening = listening
    }

    /// Serves until it is stopped or cancelled; throws a `StartFailure` where the address can't be bound.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        defer { self.pending.closeAll() }
        do {
            try await self.serve(host: self.settings.host ?? "::", started: started)
        } catch let error as IOError where self.settings.host == nil && Self.hasNoIPv6(error) {
            try await self.serve(host: "0.0.0.0", started: started)
        } catch {
            throw AcceptorFailure.cannotListen(host: self.settings.host, port: self.settings.port, error)
        }
    }

    /// Stops listening; requests under way are answered, as far as the time suffices.
    package func stop() async {
        self.isStopping = true
        try? await self.listener?.close()
        self.pending.quiesce()
        let deadline = ContinuousClock.now + self.settings.stopTime
        while self.pending.count > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: Self.look)
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() async {}

    private func serve(host: String, started: @escaping @Sendable () -> Void) async throws {
        // Bounded by the limit of connections that are no session.
        let (connections, found) = AsyncStream.makeStream(of: HTTPServing.self)
        let listener = try await self.listen(host: host) { found.yield($0) }
        listener.closeFuture.whenComplete { _ in found.finish() }
        self.listener = listener
        if let address = listener.localAddress { self.listening(address) }
        started()
        await withTaskCancellationHandler {
            await self.serve(connections)
        } onCancel: {
            self.pending.closeAll()
        }
        try? await listener.close()
        guard !self.isStopping, !Task.isCancelled else { throw CancellationError() }
        throw AcceptorFailure.stoppedListening
    }

    private func listen(host: String, serve: @escaping @Sendable (HTTPServing) -> Void) async throws -> any Channel {
        let logger = self.logger
        let child = self.makeChannel(self.pending)
        return try await ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: ListenerGuard.burst)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ListenerGuard { logger.report($0) })
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.recvAllocator, value: SocketBuffers.receiving)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try child.setUp(channel, serve: serve) }
            }
            .bind(host: host, port: self.settings.port)
            .get()
    }

    /// Ends with the listener, once all are served; they are cut off where the listener broke.
    private nonisolated func serve(_ connections: AsyncStream<HTTPServing>) async {
        let logger = self.quiet
        await withDiscardingTaskGroup { group in
            for await connection in connections {
                group.addTask { await connection.http.handle(value: connection.value, logger: logger) }
            }
            if await !self.isStopping { self.pending.closeAll() }
        }
    }

    /// Hummingbird's own lines say in other words what Brain's say.
    private nonisolated var quiet: Logger {
        var logger = self.logger
        logger.logLevel = max(logger.logLevel, .error)
        return logger
    }

    private static func hasNoIPv6(_ error: IOError) -> Bool {
        error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
    }
}
