package import Logging

/// Everything about the daemon that can be set: a value per room, each with its default.
///
/// A room gets its slice, never the whole. ``read(flags:environment:file:isRoot:)`` makes one from what was set;
/// `Configuration()` is the defaults. Flags, names, bounds and meanings are in ``Setting/all``.
package struct Configuration: Sendable {
    /// The listening socket, and how long it waits.
    package var server = Server()
    /// Where the runs are: by default in the embedded database in `.brain`.
    package var database = DatabaseChoice.embedded(dataDirectory: ".brain")
    /// How changes are found: by default in the first way that works.
    package var capture = CaptureChoice.auto
    /// Who may connect at all.
    package var gate = Gate()
    /// How many may connect.
    package var admission = Admission()
    /// What may be on its way to the clients.
    package var push = Push()
    /// How a dead client is noticed.
    package var heartbeat = Heartbeat()
    /// What a client may send.
    package var inbound = Inbound()
    /// The Auditor's round.
    package var audit = Audit()
    /// What is logged, and how.
    package var log = Log()
    /// Whether `POST /api/debug/faults` is there, for tests: by default it is not.
    package var faultsEnabled = false

    /// Makes the defaults.
    package init() {}
}

/// Where the runs are.
package enum DatabaseChoice: Sendable, Equatable {
    /// A private PostgreSQL that the daemon runs itself, its files in `dataDirectory`.
    case embedded(dataDirectory: String)
    /// A database that is there already: any libpq connection string, or "" for what libpq's own environment names.
    case external(conninfo: String)
}

/// How changes in the database are found.
package enum CaptureChoice: String, Sendable, CaseIterable {
    /// The first of the others that works, in their order.
    case auto
    /// Logical replication.
    case wal
    /// A trigger that notifies.
    case notify
    /// Looking at the table by `xmin`, again and again; needs only SELECT.
    case poll
}

/// How a log line looks.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For a reader at a terminal.
    case text
    /// One JSON object a line, for a collector.
    case json
}

extension Configuration {
    /// The listening socket, and how long it waits.
    package struct Server: Sendable {
        /// The address or name to bind; nil is `::` for both families, or `0.0.0.0` where there is no IPv6.
        package var host: String?
        /// The TCP port, 0 to 65535; 0 takes a free one.
        package var port = 5221
        /// From the signal to the end of the process, at most.
        package var drainTimeout = Duration.seconds(10)
        /// From accept to the end of a request's body, and how long a kept-alive connection may idle.
        package var handshakeTimeout = Duration.seconds(5)

        /// Makes the defaults.
        package init() {}
    }

    /// Who may connect: by address, Origin and Host.
    package struct Gate: Sendable {
        /// Ranges that may connect beside loopback, RFC 1918, link-local and ULA.
        package var allowed: [CIDR] = []
        /// Ranges that may POST and DELETE under `/api/debug` beside loopback.
        package var admin: [CIDR] = []
        /// Peers whose X-Forwarded-For is read.
        package var trustedProxies: [CIDR] = []
        /// Origins that are let in beside loopback's and the request's own: `scheme://host[:port]`, in lower case.
        package var allowedOrigins: [String] = []
        /// Host names that are answered beside IP literals, `localhost` and this machine's: in lower case, no port.
        package var allowedHosts: [String] = []

        /// Makes the defaults.
        package init() {}
    }

    /// How many may connect.
    package struct Admission: Sendable {
        /// Sessions in all, at least 1; the descriptor limit may allow fewer.
        package var maxConnections = 10_000
        /// Sessions of one client address, at least 1.
        package var maxConnectionsPerIP = 20
        /// New sessions a second of one client address, bursts of twice as many; 0 lifts the limit.
        package var connectRatePerIP = 20.0

        /// Makes the defaults.
        package init() {}
    }

    /// What may be on its way to the clients.
    package struct Push: Sendable {
        /// At most one `run_update` of a run in so long; zero holds none back.
        package var updateInterval = Duration.milliseconds(100)
        /// Messages a second to one session, bursts of twice as many; 0 lifts the limit.
        package var maxPushRate = 2000.0
        /// Messages that may wait for one session, at least 1.
        package var queueRuns = 65_536
        /// Bytes that may wait for one session, at least 1; a message counts whole though its bytes are shared.
        package var queueBytes = 16 << 20
        /// Bytes of distinct frames that may wait in the process, at least 1.
        package var queueTotalBytes = 256 << 20
        /// A socket that takes nothing for so long is closed.
        package var writeStall = Duration.seconds(10)

        /// Makes the defaults.
        package init() {}
    }

    /// How a dead client is noticed.
    package struct Heartbeat: Sendable {
        /// The time between two pings.
        package var pingInterval = Duration.seconds(25)
        /// How late the pong may be, from when the ping was written.
        package var pongTimeout = Duration.seconds(10)

        /// Makes the defaults.
        package init() {}
    }

    /// What a client may send.
    package struct Inbound: Sendable {
        /// The longest message, at least 125 bytes: what a ping may carry (RFC 6455 §5.5).
        package var maxMessageBytes = 65_536
        /// Data frames a second, bursts of twice as many, and control frames at ten times that; 0 lifts the limit.
        package var inboundRate = 10.0

        /// Makes the defaults.
        package init() {}
    }

    /// The Auditor's round.
    package struct Audit: Sendable {
        /// The time between two audits.
        package var interval = Duration.seconds(30)

        /// Makes the defaults.
        package init() {}
    }

    /// What is logged, and how.
    package struct Log: Sendable {
        /// The least level that is logged.
        package var level = Logger.Level.info
        /// How a line looks; nil is text where standard error is a terminal, json elsewhere.
        package var format: LogFormat?

        /// Makes the defaults.
        package init() {}
    }
}
