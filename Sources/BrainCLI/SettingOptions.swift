import ArgumentParser
import Brain

/// The options that name the database, and what it is to be ready for.
///
/// Each takes any text: values are checked in one place for every source.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("read settings from this file, YAML or JSON", valueName: "file"))
    var config: String?

    @Option(help: .setting("database-url"))
    var databaseURL: String?

    @Option(help: .setting("data-dir"))
    var dataDir: String?

    @Option(help: .setting("capture"))
    var capture: String?

    /// The values by flag, without its dashes.
    var flags: [String: [String]] {
        given(["database-url": self.databaseURL, "data-dir": self.dataDir, "capture": self.capture])
    }
}

/// The options of the daemon beside those of the database.
struct ServeOptions: ParsableArguments {
    @Option(help: .setting("host"))
    var host: String?
    @Option(help: .setting("port"))
    var port: String?
    @Option(help: .setting("max-connections"))
    var maxConnections: String?
    @Option(name: .customLong("max-connections-per-ip"), help: .setting("max-connections-per-ip"))
    var maxConnectionsPerIP: String?
    @Option(name: .customLong("connect-rate-per-ip"), help: .setting("connect-rate-per-ip"))
    var connectRatePerIP: String?
    @Option(help: .setting("allow-cidr"))
    var allowCidr: [String] = []
    @Option(help: .setting("admin-cidr"))
    var adminCidr: [String] = []
    @Option(help: .setting("trusted-proxy"))
    var trustedProxy: [String] = []
    @Option(help: .setting("allowed-origin"))
    var allowedOrigin: [String] = []
    @Option(help: .setting("allowed-host"))
    var allowedHost: [String] = []
    @Option(help: .setting("update-interval"))
    var updateInterval: String?
    @Option(help: .setting("max-push-rate"))
    var maxPushRate: String?
    @Option(help: .setting("queue-runs"))
    var queueRuns: String?
    @Option(help: .setting("queue-bytes"))
    var queueBytes: String?
    @Option(help: .setting("queue-total"))
    var queueTotal: String?
    @Option(help: .setting("write-stall"))
    var writeStall: String?
    @Option(help: .setting("ping-interval"))
    var pingInterval: String?
    @Option(help: .setting("pong-timeout"))
    var pongTimeout: String?
    @Option(help: .setting("handshake-timeout"))
    var handshakeTimeout: String?
    @Option(help: .setting("max-message"))
    var maxMessage: String?
    @Option(help: .setting("inbound-rate"))
    var inboundRate: String?
    @Option(help: .setting("audit-interval"))
    var auditInterval: String?
    @Option(help: .setting("drain-timeout"))
    var drainTimeout: String?
    @Option(help: .setting("log-level"))
    var logLevel: String?
    @Option(help: .setting("log-format"))
    var logFormat: String?

    /// The values by flag, without its dashes.
    var flags: [String: [String]] {
        let lists = [
            "allow-cidr": self.allowCidr, "admin-cidr": self.adminCidr, "trusted-proxy": self.trustedProxy,
            "allowed-origin": self.allowedOrigin, "allowed-host": self.allowedHost,
        ]
        return given(self.single).merging(lists.filter { !$0.value.isEmpty }) { $1 }
    }

    private var single: [String: String?] {
        [
            "host": self.host, "port": self.port,
            "max-connections": self.maxConnections, "max-connections-per-ip": self.maxConnectionsPerIP,
            "connect-rate-per-ip": self.connectRatePerIP, "update-interval": self.updateInterval,
            "max-push-rate": self.maxPushRate, "queue-runs": self.queueRuns, "queue-bytes": self.queueBytes,
            "queue-total": self.queueTotal, "write-stall": self.writeStall, "ping-interval": self.pingInterval,
            "pong-timeout": self.pongTimeout, "handshake-timeout": self.handshakeTimeout,
            "max-message": self.maxMessage, "inbound-rate": self.inboundRate, "audit-interval": self.auditInterval,
            "drain-timeout": self.drainTimeout, "log-level": self.logLevel, "log-format": self.logFormat,
        ]
    }
}

private func given(_ options: [String: String?]) -> [String: [String]] {
    options.compactMapValues { value in value.map { [$0] } }
}
