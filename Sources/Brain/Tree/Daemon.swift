package import Logging
import NIOCore
import NIOPosix
import Supervision

/// The whole daemon: the house, the tree in it, and how both end.
package final class Daemon: Sendable {
    /// Descriptors that are no session: connections on their way in, PostgreSQL, logs.
    private static let reservedDescriptors = 1024 + 128

    /// What the tree owns, for tests and tools that look inside.
    package let house: House
    private let group: MultiThreadedEventLoopGroup
    private let supervisor = Room<Supervisor>()

    /// Builds the house and the tree; nothing runs yet.
    ///
    /// - Parameters:
    ///   - configuration: all settings.
    ///   - logger: where everything logs to.
    ///   - announce: is given the two lines to try next, once, when the first client may come.
    /// - Throws: `StartFailure` where the system gives no thread.
    package init(
        _ configuration: Configuration,
        logger: Logger,
        announce: @escaping @Sendable ([String]) -> Void
    ) throws(StartFailure) {
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        do {
            let house = try House(
                configuration: Self.fitted(configuration, logger: logger),
                logger: logger,
                group: self.group
            )
            self.house = house
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
            try await self.supervisor.current?.run()
        } catch {
            failure = StartFailure(error)
        }
        await self.house.tearDown()
        try? await self.group.shutdownGracefully()
        if let failure { throw failure }
    }

    /// Drains and stops, within `--drain-timeout`; returns when the tree is down.
    package func stop() async {
        await self.supervisor.current?.shutdown()
    }

    private func makeSupervisor(announce: @escaping @Sendable ([String]) -> Void) -> Supervisor {
        let (house, supervisor) = (self.house, self.supervisor)
        let isUp = Once()
        return Supervisor(
            id: "brain",
            children: BrainTree.children(
                of: house,
                tree: { await supervisor.current?.snapshot() },
                listening: { port in
                    isUp.perform { announce(Demonstration.lines(port: port, site: house.database)) }
                }
            ),
            onEvent: { [logger = house.logger] in logger.report($0, isStarting: !isUp.isDone) }
        )
    }

    /// As many sessions as the descriptors suffice for, with a word where those are fewer than wanted.
    private static func fitted(_ configuration: Configuration, logger: Logger) -> Configuration {
        let possible = max(1, Descriptors.raiseLimit() - Self.reservedDescriptors)
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
