import NIOCore
import NIOPosix

/// The network between a daemon and a ``ThrowawayPostgres``, which a test can break.
///
/// Listens on a free port of 127.0.0.1; each connection gets one of its own to the server's socket. End it with
/// ``close()``.
package final class FaultyProxy: Sendable {
    /// What becomes of the bytes, in both directions.
    package enum Behaviour: Sendable {
        /// They are passed on, those of a stall first.
        case pass
        /// Nothing arrives, and no end of a connection either, until it passes again; then everything does, as TCP has
        /// it after a network was away.
        case stall
        /// They are swallowed, as by a firewall that forgot its connections: those open now, and those that come
        /// meanwhile, stay open and never recover.
        case drop
        /// As `pass` for the connections that there are; each new one is reset.
        case refuse
    }

    /// Where it listens.
    package let port: Int
    private let listener: any Channel
    private let switchboard: NIOLoopBound<ProxySwitchboard>

    /// Starts one that passes.
    ///
    /// - Parameter server: where each connection leads.
    /// - Returns: a proxy that listens.
    /// - Throws: what hindered it.
    package static func start(before server: ThrowawayPostgres) async throws -> FaultyProxy {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let path = "\(server.directory)/.s.PGSQL.5432"
        let switchboard = try await loop.submit {
            NIOLoopBound(ProxySwitchboard(path: path, loop: loop), eventLoop: loop)
        }.get()
        // One event loop for all: what is swallowed, and when, is decided in one place.
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { switchboard.value.accept($0) }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = listener.localAddress?.port else { throw DaemonHarnessError.missing("the proxy's port") }
        return FaultyProxy(port: port, listener: listener, switchboard: switchboard)
    }

    private init(port: Int, listener: any Channel, switchboard: NIOLoopBound<ProxySwitchboard>) {
        self.port = port
        self.listener = listener
        self.switchboard = switchboard
    }

    /// Has all bytes treated so that come from now on.
    package func set(_ behaviour: Behaviour) async throws {
        let switchboard = self.switchboard
        try await self.listener.eventLoop.submit { switchboard.value.set(behaviour) }.get()
    }

    /// Ends every connection with a RST, at both ends; what becomes of new ones stays as it is.
    package func reset() async throws {
        let switchboard = self.switchboard
        try await self.listener.eventLoop.submit { switchboard.value.reset() }.get()
    }

    /// Waits until a daemon has met the fault: bytes, or a connection, that were swallowed, held back or refused.
    package func met() async throws {
        let switchboard = self.switchboard
        try await eventually("the proxy's fault is met") {
            try await self.listener.eventLoop.submit { switchboard.value.victims > 0 }.get()
        }
    }

    /// Stops listening and resets every connection.
    package func close() async throws {
        try await self.listener.close()
        try await self.reset()
    }
}

extension TestDatabase {
    /// The same database by way of a proxy before its server.
    package func conninfo(through proxy: FaultyProxy) -> String {
        "host=127.0.0.1 port=\(proxy.port) user=postgres dbname=\(self.name)"
    }
}
