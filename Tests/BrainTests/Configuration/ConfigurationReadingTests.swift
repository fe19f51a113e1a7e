import Logging
import Testing

@testable import Brain

struct ConfigurationReadingTests {
    @Test func `takes the defaults where nothing is set`() throws {
        let configuration = try read()
        #expect(configuration.server.host == nil)
        #expect(configuration.server.port == 5221)
        #expect(configuration.database == .embedded(dataDirectory: ".brain"))
        #expect(configuration.capture == .auto)
        #expect(configuration.push.updateInterval == .milliseconds(100))
        #expect(configuration.log.level == .info)
        #expect(configuration.log.format == nil)
        #expect(!configuration.faultsEnabled)
    }

    @Test func `a flag wins over the environment, the environment over the file, the file over the default`() throws {
        let file = ConfigurationFile(path: "brain.yaml", text: "port: 1\nqueue-runs: 1\npong-timeout: 1")
        let environment = ["BRAIN_PORT": "2", "BRAIN_QUEUE_RUNS": "2"]
        let configuration = try read(flags: ["port": ["3"]], environment: environment, file: file)
        #expect(configuration.server.port == 3)
        #expect(configuration.push.queueRuns == 2)
        #expect(configuration.heartbeat.pongTimeout == .milliseconds(1))
        #expect(configuration.heartbeat.pingInterval == .seconds(25))
    }

    @Test(arguments: Setting.all.map(\.name))
    func `a setting can be set by its name in the environment`(name: String) throws {
        let setting = try #require(Setting.named(name))
        let value = try #require(Samples.values[name])
        try check(name, read(environment: [setting.environment: value]))
    }

    @Test(arguments: Setting.all.filter(\.hasFlag).map(\.name))
    func `a setting can be set by flag and by file`(name: String) throws {
        let value = try #require(Samples.values[name])
        let file = ConfigurationFile(path: "brain.yaml", text: "\(name): '\(value)'")
        try check(name, read(flags: [name: [value]]))
        try check(name, read(file: file))
    }

    @Test func `the last of a repeated flag counts`() throws {
        #expect(try read(flags: ["port": ["1", "2"]]).server.port == 2)
    }

    @Test func `an empty value in the environment is none`() throws {
        #expect(try read(environment: ["BRAIN_PORT": "", "DATABASE_URL": "", "PGHOST": ""]).server.port == 5221)
    }

    @Test func `a repeated flag takes the place of the environment's list, not a part of it`() throws {
        let environment = ["BRAIN_ALLOWED_HOSTS": "a.example, B.example,,"]
        #expect(try read(environment: environment).gate.allowedHosts == ["a.example", "b.example"])
        let flags = ["allowed-host": ["c.example", "d.example"]]
        #expect(try read(flags: flags, environment: environment).gate.allowedHosts == ["c.example", "d.example"])
    }

    @Test func `a rate of 0 lifts it, an update interval of 0 holds nothing back`() throws {
        let configuration = try read(flags: ["max-push-rate": ["0"], "update-interval": ["0"]])
        #expect(configuration.push.maxPushRate == 0)
        #expect(configuration.push.updateInterval == .zero)
    }

    @Test func `an origin is kept in lower case`() throws {
        let flags = ["allowed-origin": ["HTTPS://App.Example:8443"]]
        #expect(try read(flags: flags).gate.allowedOrigins == ["https://app.example:8443"])
    }

    @Test func `root's embedded database lives in the system's directory unless another is named`() throws {
        #expect(try read(isRoot: true).database == .embedded(dataDirectory: "/var/lib/brain"))
        #expect(try read(flags: ["data-dir": ["/d"]], isRoot: true).database == .embedded(dataDirectory: "/d"))
    }

    private func check(_ name: String, _ configuration: Configuration) throws {
        let probe = try #require(Samples.probes[name])
        #expect(probe(configuration), "\(name) has no effect")
        #expect(!probe(Configuration()), "the sample of \(name) is the default")
    }
}

/// For each setting a value that isn't the default, and where it shows.
private enum Samples {
    static let values = [
        "host": "127.0.0.1", "port": "80", "database-url": "host=db", "data-dir": "/d", "capture": "poll",
        "max-connections": "7", "max-connections-per-ip": "7", "connect-rate-per-ip": "7",
        "allow-cidr": "203.0.113.0/24", "admin-cidr": "203.0.113.0/24", "trusted-proxy": "203.0.113.0/24",
        "allowed-origin": "https://a.example", "allowed-host": "a.example", "update-interval": "7",
        "max-push-rate": "7", "queue-runs": "7", "queue-bytes": "7", "queue-total": "7", "write-stall": "7",
        "ping-interval": "7", "pong-timeout": "7", "handshake-timeout": "7", "max-message": "1000",
        "inbound-rate": "7", "audit-interval": "7", "drain-timeout": "7", "log-level": "debug",
        "log-format": "json", "enable-faults": "1",
    ]

    static let probes: [String: @Sendable (Configuration) -> Bool] = [
        "host": { $0.server.host == "127.0.0.1" },
        "port": { $0.server.port == 80 },
        "database-url": { $0.database == .external(conninfo: "host=db") },
        "data-dir": { $0.database == .embedded(dataDirectory: "/d") },
        "capture": { $0.capture == .poll },
        "max-connections": { $0.admission.maxConnections == 7 },
        "max-connections-per-ip": { $0.admission.maxConnectionsPerIP == 7 },
        "connect-rate-per-ip": { $0.admission.connectRatePerIP == 7 },
        "allow-cidr": { contains($0.gate.allowed) },
        "admin-cidr": { contains($0.gate.admin) },
        "trusted-proxy": { contains($0.gate.trustedProxies) },
        "allowed-origin": { $0.gate.allowedOrigins == ["https://a.example"] },
        "allowed-host": { $0.gate.allowedHosts == ["a.example"] },
        "update-interval": { $0.push.updateInterval == .milliseconds(7) },
        "max-push-rate": { $0.push.maxPushRate == 7 },
        "queue-runs": { $0.push.queueRuns == 7 },
        "queue-bytes": { $0.push.queueBytes == 7 },
        "queue-total": { $0.push.queueTotalBytes == 7 },
        "write-stall": { $0.push.writeStall == .milliseconds(7) },
        "ping-interval": { $0.heartbeat.pingInterval == .milliseconds(7) },
        "pong-timeout": { $0.heartbeat.pongTimeout == .milliseconds(7) },
        "handshake-timeout": { $0.server.handshakeTimeout == .milliseconds(7) },
        "max-message": { $0.inbound.maxMessageBytes == 1000 },
        "inbound-rate": { $0.inbound.inboundRate == 7 },
        "audit-interval": { $0.audit.interval == .milliseconds(7) },
        "drain-timeout": { $0.server.drainTimeout == .milliseconds(7) },
        "log-level": { $0.log.level == .debug },
        "log-format": { $0.log.format == .json },
        "enable-faults": { $0.faultsEnabled },
    ]

    private static func contains(_ ranges: [CIDR]) -> Bool {
        IPAddress("203.0.113.9").map { address in ranges.contains { $0.contains(address) } } ?? false
    }
}

/// What is read where it is free of faults.
func read(
    flags: [String: [String]] = [:],
    environment: [String: String] = [:],
    file: ConfigurationFile? = nil,
    isRoot: Bool = false
) throws(ConfigurationFaults) -> Configuration {
    try Configuration.read(flags: flags, environment: environment, file: file, isRoot: isRoot).configuration
}

/// The lines of all faults, none where there is no fault.
func faultLines(
    flags: [String: [String]] = [:],
    environment: [String: String] = [:],
    file: ConfigurationFile? = nil
) -> [String] {
    do throws(ConfigurationFaults) {
        _ = try read(flags: flags, environment: environment, file: file)
        return []
    } catch {
        return error.faults.map(\.description)
    }
}
