package import Logging
package import NIOCore
import Runs
import Synchronization
import WebSocket

/// What the tree owns and no child does: it is there before the first child and after the last, so that no crash of a
/// child takes it away.
///
/// | what | survives the crash of |
/// | --- | --- |
/// | the ledger | the RunsRepository and the Broadcaster |
/// | the directory with its shards | everything but a session's own socket |
/// | the book of admissions | the RateGovernor |
/// | the book of audits | the Auditor |
/// | the channel, the bell and the gauge of the capture | the change feed |
/// | the rooms | nothing: they say where a child's present instance is |
package final class House: Sendable {
    /// All settings.
    package let configuration: Configuration
    /// Where everything logs to.
    package let logger: Logger
    /// The event loops of all sockets.
    package let group: any EventLoopGroup
    /// When the house was built.
    package let since = ContinuousClock.now

    /// What is known of each run, and what is to be sent.
    package let ledger: LedgerRoom
    let account = QueueAccount()
    /// All sessions.
    package let directory: SessionDirectory
    let gate: Gate
    let admissionLimits: AdmissionLimits
    let book: AdmissionBook
    let audits: AuditBook
    let gauge = FeedGauge()
    let feedChannel = FeedChannel()
    let bell = FeedBell()
    let database: DatabaseSite
    let queries: RunsQueries
    /// Where faults wait for their children; nil where none can be planted.
    let faults: PlantedFaults?

    /// Where the present Broadcaster is.
    package let broadcaster = Room<Broadcaster>()
    let auditor = Room<Auditor>()
    let boundPort = Atomic<Int>(0)
    /// Descriptors of the process before the first session: what it was started with, and the event loops'.
    let openBefore = Descriptors.count?.all ?? 0

    /// Builds the house; nothing runs yet.
    ///
    /// - Parameters:
    ///   - configuration: all settings; `maxConnections` as it is really to be.
    ///   - logger: where everything logs to.
    ///   - group: the event loops; shut down by the caller.
    /// - Throws: `PostgresError` where the system gives no thread.
    package init(configuration: Configuration, logger: Logger, group: any EventLoopGroup) throws {
        self.configuration = configuration
        self.logger = logger
        self.group = group
        self.ledger = LedgerRoom(RunLedger(updateInterval: configuration.push.updateInterval))
        self.directory = SessionDirectory(group: group, settings: SessionSettings(configuration), logger: logger)
        self.gate = Gate(rules: GateRules(configuration.gate))
        self.admissionLimits = AdmissionLimits(configuration)
        self.book = AdmissionBook(limits: self.admissionLimits)
        self.audits = AuditBook(interval: configuration.audit.interval)
        self.database = try DatabaseSite(configuration.database)
        self.queries = RunsQueries(session: FeedSession(site: self.database, thread: self.database.queryThread))
        self.faults = configuration.faultsEnabled ? PlantedFaults() : nil
    }

    /// Gives back the threads, once everything is down.
    package func tearDown() async {
        self.database.close()
    }
}

extension SessionSettings {
    init(_ configuration: Configuration) {
        self.init()
        self.mailbox = MailboxLimit(runs: configuration.push.queueRuns, bytes: configuration.push.queueBytes)
        self.maxPushRate = configuration.push.maxPushRate
        self.heartbeat = HeartbeatLimits(
            pingInterval: configuration.heartbeat.pingInterval,
            pongTimeout: configuration.heartbeat.pongTimeout,
            writeStall: configuration.push.writeStall
        )
        self.inbound = InboundLimits(
            maxMessageBytes: configuration.inbound.maxMessageBytes,
            dataFramesPerSecond: configuration.inbound.inboundRate
        )
    }
}

extension GateRules {
    init(_ settings: Configuration.Gate) {
        self.init()
        self.allowed = settings.allowed
        self.admin = settings.admin
        self.trustedProxies = settings.trustedProxies
        self.allowedOrigins = settings.allowedOrigins
        self.allowedHosts = settings.allowedHosts
        self.machineNames = Machine.names
    }
}

extension AdmissionLimits {
    init(_ configuration: Configuration) {
        self.init()
        self.sessions = configuration.admission.maxConnections
        self.sessionsPerAddress = configuration.admission.maxConnectionsPerIP
        self.sessionRatePerAddress = configuration.admission.connectRatePerIP
        self.trustedProxies = configuration.gate.trustedProxies
    }
}
