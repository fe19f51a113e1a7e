package import Brain
import NIOCore
package import Postgres
import Synchronization

/// A whole daemon in this process, on a free port, before a database of its own.
///
/// Made by ``withDaemon(_:_:)``, which also ends it.
package final class DaemonHarness: Sendable {
    /// The longest that a test's body may take unless ``DaemonSetup/patience`` says otherwise: a guard against hanging,
    /// on which no result depends.
    package static let patience = Duration.seconds(90)

    /// Where the daemon listens.
    package let port: Int
    /// The lines that the daemon announced at its start.
    package let announced: [String]
    /// The daemon's database.
    package let database: TestDatabase
    /// A connection of the test's own, as a superuser.
    package let writer: Connection
    let daemon: Daemon
    private let output: DaemonHarnessLog
    private let clients = Mutex([WebSocketClient]())

    init(_ daemon: Daemon, announced: [String], database: TestDatabase, writer: Connection, log: DaemonHarnessLog) {
        self.daemon = daemon
        self.announced = announced
        self.database = database
        self.writer = writer
        self.output = log
        let digits = announced.first?.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        self.port = Int(digits) ?? 0
    }

    /// What the daemon has logged so far: JSON, an object a line.
    package var log: String { self.output.text }

    /// Changes the database, statements in one transaction unless they say otherwise.
    package func sql(_ script: String) async throws(PostgresError) {
        try await self.writer.execute(script)
    }

    /// Opens a session that ends with the harness at the latest.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - options: how the client behaves.
    ///   - change: what is unusual about the request.
    /// - Returns: a client that has its 101.
    /// - Throws: `refused`, or what else hindered it.
    package func connect(
        _ target: String = "/ws",
        options: WebSocketClientOptions = WebSocketClientOptions(),
        _ change: (inout WebSocketClientRequest) -> Void
    ) async throws(WebSocketClientError) -> WebSocketClient {
        var request = WebSocketClientRequest(port: self.port, target: target)
        change(&request)
        let client = try await WebSocketClient.connect(request, options: options)
        self.clients.withLock { $0.append(client) }
        return client
    }

    /// Stops the daemon as a signal would; returns when all is down.
    package func stop() async {
        await self.daemon.stop()
    }

    /// Resets every client, so that the daemon's drain has none to wait for.
    func leave() async {
        for client in self.clients.withLock({ $0 }) { try? await client.reset() }
    }
}

/// What is particular about a test's daemon.
package struct DaemonSetup: Sendable {
    /// All settings; host, port, database and log are the harness's own.
    package var configuration = Configuration()
    /// SQL that runs on the empty database before `brain migrate`, to make another table than Brain's own.
    package var schema = ""
    /// SQL that runs on the migrated database before the daemon starts.
    package var script = ""
    /// Whether `brain migrate` was run.
    package var isMigrated = true
    /// Another server than the one that all tests share.
    package var server: ThrowawayPostgres?
    /// The way that the daemon takes to the database; the test's own connections don't.
    package var proxy: FaultyProxy?
    /// Who is told what the daemon does; nil for nobody.
    package var service: ServiceManagerSocket?
    /// The longest that the body may take.
    package var patience = DaemonHarness.patience
    /// How long a child may give no sign of life.
    package var silence = Duration.seconds(10)

    /// What a client has for each of its duties: on a busy machine a test that isn't about them takes longer than they allow.
    private static let lenience = Duration.seconds(600)

    /// A daemon that captures in this way, without the limits that a test of something else would run into.
    ///
    /// - Parameters:
    ///   - capture: how it finds changes.
    ///   - script: SQL that runs before it starts.
    ///   - configure: what else is set.
    package init(
        _ capture: CaptureChoice = .notify,
        script: String = "",
        _ configure: (inout Configuration) -> Void = { _ in }
    ) {
        self.script = script
        self.configuration.capture = capture
        self.configuration.admission.connectRatePerIP = 0
        self.configuration.push.updateInterval = .zero
        self.configuration.push.writeStall = Self.lenience
        self.configuration.heartbeat.pongTimeout = Self.lenience
        self.configuration.server.handshakeTimeout = Self.lenience
        configure(&self.configuration)
    }
}

/// Why a test with a daemon can't go on.
package enum DaemonHarnessError: Error {
    /// The body took longer than ``DaemonSetup/patience``.
    case hung(log: String)
    /// What a test waits for didn't come.
    case never(String)
    /// The daemon said something that isn't what the contract has.
    case malformed(String)
    /// The harness couldn't find a part of the daemon.
    case missing(String)
}

/// Runs a daemon beside `body`, and stops it afterwards.
///
/// - Parameters:
///   - setup: what is particular about it.
///   - body: begins when the first client may come.
/// - Throws: the body's error, or the daemon's `StartFailure`.
package func withDaemon(
    _ setup: DaemonSetup = DaemonSetup(),
    _ body: @escaping @Sendable (DaemonHarness) async throws -> Void
) async throws {
    try await DaemonHarnessPermits.shared.withPermit {
        let server = try setup.server ?? ThrowawayPostgres.shared()
        let database = try await server.makeDatabase()
        let writer = try await database.connect()
        if !setup.schema.isEmpty { try await writer.execute(setup.schema) }
        if setup.isMigrated { try await Migration.apply(on: writer) { _ in } }
        if !setup.script.isEmpty { try await writer.execute(setup.script) }
        try await runDaemon(setup, database, writer, body)
        await writer.close()
    }
}

private func runDaemon(
    _ setup: DaemonSetup,
    _ database: TestDatabase,
    _ writer: Connection,
    _ body: @escaping @Sendable (DaemonHarness) async throws -> Void
) async throws {
    var configuration = setup.configuration
    if configuration.server.port == Configuration.Server().port { configuration.server.port = 0 }
    if configuration.database == Configuration().database {
        let conninfo = setup.proxy.map { database.conninfo(through: $0) } ?? database.target.conninfo
        configuration.database = .external(conninfo: conninfo)
    }
    configuration.log.format = .json
    let log = try DaemonHarnessLog()
    let (announcements, announcer) = AsyncStream<[String]>.makeStream()
    let logger = configuration.log.makeLogger(output: log.output)
    let environment = setup.service.map { ["NOTIFY_SOCKET": $0.address] } ?? [:]
    let service = ServiceManager(environment: environment, logger: logger)
    let daemon = try Daemon(configuration, logger: logger, service: service, silence: setup.silence) {
        announcer.yield($0)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { announcer.finish() }
            try await daemon.run()
        }
        group.addTask {
            for await lines in announcements {
                let harness = DaemonHarness(daemon, announced: lines, database: database, writer: writer, log: log)
                try await harness.perform(within: setup.patience, body)
            }
        }
        try await group.waitForAll()
    }
}

extension DaemonHarness {
    /// Runs the body under its guard, and stops the daemon whatever comes of it.
    fileprivate func perform(
        within patience: Duration,
        _ body: @escaping @Sendable (DaemonHarness) async throws -> Void
    ) async throws {
        let outcome: Result<Void, any Error>
        do {
            try await self.guarded(patience, body)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await self.leave()
        await self.stop()
        try outcome.get()
    }

    private func guarded(
        _ patience: Duration,
        _ body: @escaping @Sendable (DaemonHarness) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body(self) }
            group.addTask {
                try await Task.sleep(for: patience)
                throw DaemonHarnessError.hung(log: self.log)
            }
            try await group.next()
            group.cancelAll()
        }
    }
}
