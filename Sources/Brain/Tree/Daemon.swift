package import Logging
import NIOCore
import NIOPosix
package import Supervision

/// The whole daemon: the house, the tree in it, and how both end.
package final class Daemon: Sendable {
    /// How often the service manager is told what the daemon does, where that has changed.
    private static let statusInterval = Duration.seconds(5)
    /// What is set aside for all that is no session: 1024 connections on their way in, PostgreSQL, logs.
    private static let otherDescriptors = 1024 + 128

    /// What the tree owns, for tests and tools that look inside.
    package let house: House
    private let group: MultiThreadedEventLoopGroup
    private let supervisor = Room<Supervisor>()
    private let service: ServiceManager?
    private let sentry: LoopSentry
    private let liveness: Liveness
    private let lastDrain: LastDrain

    /// Builds the house and the tree; nothing runs yet.
    ///
    /// - Parameters:
    ///   - configuration: all settings.
    ///   - logger: where everything logs to.
    ///   - service: who waits for word of the daemon; nil where nobody does.
    ///   - silence: how long a child may give no sign of life; it is asked five times as often.
    ///   - announce: is given the two lines to try next, once, when the first client may come.
    /// - Throws: `StartFailure` where the system gives no thread.
    package init(
        _ configuration: Configuration,
        logger: Logger,
        service: ServiceManager? = nil,
        silence: Duration = Liveness().deadline,
        announce: @escaping @Sendable ([String]) -> Void
    ) throws(StartFailure) {
        ResidentMemory.returnLargeBlocks()
        self.liveness = Liveness(interval: silence / 5, deadline: silence)
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        self.service = service
        self.sentry = Self.makeSentry(self.group, self.supervisor, service, logger)
        do {
            let house = try House(
                configuration: Self.fitted(configuration, logger: logger),
                logger: logger,
                group: self.group
            )
            self.house = house
            self.lastDrain = LastDrain(of: house)
        } catch {
            throw StartFailure(error)
        }
        _ = self.supervisor.moveIn(self.makeSupervisor(announce: announce))
    }

    /// Runs until `stop()`; everything is down when it returns.
    ///
    /// - Throws: `StartFailure`: the start failed, or the tree gave up.
    package func run() async throws(StartFailure) {
        var failure: StartFailure?
        do {
            try await self.runTree()
        } catch {
            failure = StartFailure(error)
        }
        if let failure { self.service?.failed(failure.message) }
        await self.lastDrain.run()
        await self.house.tearDown()
        try? await self.group.shutdownGracefully()
        if let failure { throw failure }
    }

    /// The tree as it is now.
    package var tree: ChildSnapshot? { self.supervisor.current?.snapshot() }

    /// Drains and stops, within `--drain-timeout`; returns when the tree is down.
    package func stop() async {
        // What the end of the process takes beyond the drain is short, but counted by the manager too.
        self.service?.stopping(within: self.house.configuration.server.drainTimeout + .seconds(5))
        await self.supervisor.current?.shutdown()
    }

    /// Runs the tree, and beside it what must see the supervisor itself stand still.
    private func runTree() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.sentry.run() }
            if let service = self.service { group.addTask { await self.keepTelling(service) } }
            defer { group.cancelAll() }
            try await self.supervisor.current?.run()
        }
    }

    private func keepTelling(_ service: ServiceManager) async {
        while (try? await Task.sleep(for: Self.statusInterval)) != nil {
            service.status(self.house.serviceStatus)
        }
    }

    private static func makeSentry(
        _ group: MultiThreadedEventLoopGroup,
        _ supervisor: Room<Supervisor>,
        _ service: ServiceManager?,
        _ logger: Logger
    ) -> LoopSentry {
        let overseer = WatchedPart(name: "supervisor") { answer in
            await supervisor.current?.signOfLife()
            answer()
        }
        let parts = WatchedPart.eventLoops(of: group) + [overseer]
        return LoopSentry(parts: parts, feedInterval: service?.feedInterval, logger: logger) { service?.alive() }
    }

    private func makeSupervisor(announce: @escaping @Sendable ([String]) -> Void) -> Supervisor {
        let (house, supervisor, service, lastDrain) = (self.house, self.supervisor, self.service, self.lastDrain)
        let isUp = Once()
        return Supervisor(
            id: "brain",
            backoff: BrainTree.backoff,
            liveness: self.liveness,
            children: BrainTree.children(
                of: house,
                tree: { supervisor.current?.snapshot() },
                listening: { port in
                    isUp.perform {
                        announce(Demonstration.lines(port: port, site: house.database))
                        service?.ready(house.serviceStatus)
                    }
                }
            ).map { $0.exposed(to: house.faults) },
            onEvent: { [logger = house.logger] event in
                lastDrain.heard(event, now: .now)
                logger.report(event, isStarting: !isUp.isDone)
            }
        )
    }

    /// As many sessions as the descriptors suffice for, with a word where those are fewer than wanted.
    private static func fitted(_ configuration: Configuration, logger: Logger) -> Configuration {
        let possible = max(1, Descriptors.raiseLimit() - Self.otherDescriptors)
        guard configuration.admission.maxConnections > possible else { return configuration }
        var fitted = configuration
        fitted.admission.maxConnections = possible
        logger.log(
            .warning,
            "max-connections lowered: the limit of descriptors (ulimit -n) doesn't suffice",
            [.count: "\(possible)"]
        )
        return fitted
    }
}

extension House {
    /// What the daemon does, in a line.
    fileprivate var serviceStatus: String {
        ServiceStatus.serving(self.gauge.status(), sessions: self.directory.count)
    }
}
