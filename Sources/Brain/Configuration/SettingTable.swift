import Logging

extension Setting {
    /// All settings, in the order in which they are shown.
    package static let all: [Setting] = [
        listening, database, admission, gate, pushing, heartbeat, inbound, running,
    ].flatMap(\.self)

    /// The setting of that name, if there is one.
    package static func named(_ name: String) -> Setting? {
        all.first { $0.name == name }
    }

    private static let listening: [Setting] = [
        .one(
            "host",
            "BRAIN_HOST",
            .host,
            default: ":: (dual stack; 0.0.0.0 where there is no IPv6)",
            meaning: "address to bind"
        ) { host, configuration in
            configuration.server.host = host
        },
        .one(
            "port",
            "BRAIN_PORT",
            \.server.port,
            .number(0...65_535),
            "TCP port; 0 takes a free one, and the line `listening` names it"
        ),
    ]

    private static let database: [Setting] = [
        .one(
            "database-url",
            "DATABASE_URL",
            .connection,
            impliedBy: ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"],
            isSecret: true,
            default: "none: the embedded database",
            meaning: "the database that holds the runs, as a libpq connection string"
        ) { conninfo, configuration in
            configuration.database = .external(conninfo: conninfo)
        },
        .one(
            "data-dir",
            "BRAIN_DATA_DIR",
            .directory,
            default: ".brain; for root /var/lib/brain",
            meaning: "where the embedded database lives, mode 0700, locked while in use"
        ) { directory, configuration in
            guard case .embedded = configuration.database else { return }
            configuration.database = .embedded(dataDirectory: directory)
        },
        .one(
            "capture",
            "BRAIN_CAPTURE",
            \.capture,
            .choice,
            "how changes are found: `wal` (logical replication), `notify` (trigger), `poll` (by xmin, needs only "
                + "SELECT), or `auto`: the first of these that works"
        ),
    ]

    private static let admission: [Setting] = [
        .one(
            "max-connections",
            "BRAIN_MAX_CONNECTIONS",
            \.admission.maxConnections,
            .number(1...1_000_000),
            "sessions in all; over it 503 with Retry-After",
            defaultNote: ", less where descriptors don't suffice"
        ),
        .one(
            "max-connections-per-ip",
            "BRAIN_MAX_CONNECTIONS_PER_IP",
            \.admission.maxConnectionsPerIP,
            .number(1...1_000_000),
            "sessions of one address; over it 429 with Retry-After"
        ),
        .one(
            "connect-rate-per-ip",
            "BRAIN_CONNECT_RATE_PER_IP",
            \.admission.connectRatePerIP,
            .rate,
            "new sessions a second from one address, twice as many in a burst; over it 429 with Retry-After"
        ),
    ]

    private static let gate: [Setting] = [
        .several(
            "allow-cidr",
            "BRAIN_ALLOW_CIDRS",
            \.gate.allowed,
            .range,
            "ranges that may connect beside loopback, RFC 1918, link-local and ULA; anyone else gets 403"
        ),
        .several(
            "admin-cidr",
            "BRAIN_ADMIN_CIDRS",
            \.gate.admin,
            .range,
            "ranges that may POST and DELETE under /api/debug beside loopback; anyone else gets 403"
        ),
        .several(
            "trusted-proxy",
            "BRAIN_TRUSTED_PROXIES",
            \.gate.trustedProxies,
            .range,
            "peers whose X-Forwarded-For is read; without a valid one they get 403, and so does anyone else who "
                + "sends X-Forwarded-For, Forwarded or X-Real-IP"
        ),
        .several(
            "allowed-origin",
            "BRAIN_ALLOWED_ORIGINS",
            \.gate.allowedOrigins,
            .origin,
            "origins that are let in beside loopback's and the request's own; any other Origin header gets 403"
        ),
        .several(
            "allowed-host",
            "BRAIN_ALLOWED_HOSTS",
            \.gate.allowedHosts,
            .hostName,
            "host names that are answered beside IP literals, `localhost` and this machine's; any other gets 421"
        ),
    ]

    private static let pushing: [Setting] = [
        .one(
            "update-interval",
            "BRAIN_UPDATE_INTERVAL_MS",
            \.push.updateInterval,
            .milliseconds(from: 0),
            "milliseconds in which a run has at most one `run_update`: the first goes at once, the last one always "
                + "comes"
        ),
        .one(
            "max-push-rate",
            "BRAIN_MAX_PUSH_RATE",
            \.push.maxPushRate,
            .rate,
            "messages a second to one session, twice as many in a burst; above it updates are conflated"
        ),
        .one(
            "queue-runs",
            "BRAIN_QUEUE_RUNS",
            \.push.queueRuns,
            .number(1...1_000_000_000),
            "messages that may wait for one session; over it the session is closed with 4008"
        ),
        .one(
            "queue-bytes",
            "BRAIN_QUEUE_BYTES",
            \.push.queueBytes,
            .bytes(1...(1 << 40)),
            "bytes that may wait for one session, shared ones counted whole; over it the session is closed with 4008"
        ),
        .one(
            "queue-total",
            "BRAIN_QUEUE_TOTAL_BYTES",
            \.push.queueTotalBytes,
            .bytes(1...(1 << 40)),
            "bytes of distinct frames that may wait in the process; over it the session that owes the oldest is "
                + "closed with 4008"
        ),
        .one(
            "write-stall",
            "BRAIN_WRITE_STALL_MS",
            \.push.writeStall,
            .milliseconds(),
            "a socket that takes nothing for so many milliseconds is closed with 4008"
        ),
    ]

    private static let heartbeat: [Setting] = [
        .one(
            "ping-interval",
            "BRAIN_PING_INTERVAL_MS",
            \.heartbeat.pingInterval,
            .milliseconds(),
            "milliseconds between two pings"
        ),
        .one(
            "pong-timeout",
            "BRAIN_PONG_TIMEOUT_MS",
            \.heartbeat.pongTimeout,
            .milliseconds(),
            "milliseconds from when the ping is written to its pong; then the session is closed with 4012"
        ),
    ]

    private static let inbound: [Setting] = [
        .one(
            "handshake-timeout",
            "BRAIN_HANDSHAKE_TIMEOUT_MS",
            \.server.handshakeTimeout,
            .milliseconds(),
            "milliseconds from accept, or a later request's first byte, to the end of its body; also how long a "
                + "kept-alive connection may idle"
        ),
        .one(
            "max-message",
            "BRAIN_MAX_MESSAGE_BYTES",
            \.inbound.maxMessageBytes,
            .bytes(125...(64 << 20)),
            "bytes of an inbound message; over it 1009"
        ),
        .one(
            "inbound-rate",
            "BRAIN_INBOUND_RATE",
            \.inbound.inboundRate,
            .rate,
            "inbound data frames a second, twice as many in a burst, and control frames at ten times that; over it "
                + "1008"
        ),
    ]

    private static let running: [Setting] = [
        .one(
            "audit-interval",
            "BRAIN_AUDIT_INTERVAL_MS",
            \.audit.interval,
            .milliseconds(),
            "milliseconds between two audits"
        ),
        .one(
            "drain-timeout",
            "BRAIN_DRAIN_TIMEOUT_MS",
            \.server.drainTimeout,
            .milliseconds(),
            "milliseconds from SIGTERM to the end of the process, at most"
        ),
        .one("log-level", "BRAIN_LOG_LEVEL", \.log.level, .choice, "the least level that is logged"),
        .one(
            "log-format",
            "BRAIN_LOG_FORMAT",
            ValueKind<LogFormat>.choice,
            default: "text on a terminal, json elsewhere",
            meaning: "how a log line looks"
        ) { format, configuration in
            configuration.log.format = format
        },
        .one(
            "enable-faults",
            "BRAIN_ENABLE_FAULTS",
            \.faultsEnabled,
            .flag,
            "1 turns on `POST /api/debug/faults`, for tests",
            hasFlag: false
        ),
    ]
}
