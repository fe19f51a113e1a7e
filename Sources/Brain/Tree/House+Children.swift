import Logging
import NIOCore
import Runs
import Supervision
import Synchronization

// How each child of the tree is made: a fresh instance for every start.
extension House {
    func makePostgres(in directory: String, stopDeadline: Duration) -> any Child {
        EmbeddedPostgres(
            site: self.database,
            directory: directory,
            capture: self.configuration.capture,
            stopDeadline: stopDeadline,
            logger: self.logger
        )
    }

    func makeFeedKeeper() -> any Child {
        FeedKeeper(
            FeedChoice(
                self.configuration.capture.name,
                session: FeedSession(site: self.database, thread: self.database.feedThread),
                bell: self.bell
            ),
            channel: self.feedChannel,
            gauge: self.gauge,
            onNews: { [logger] in logger.report($0) }
        )
    }

    func makeRepository() -> any Child {
        RunsRepository(
            room: self.ledger,
            channel: self.feedChannel,
            bell: self.bell,
            wake: { [broadcaster] in broadcaster.current?.wake() },
            onNews: { [logger] in logger.report($0) }
        )
    }

    func makeGovernor() -> any Child {
        RateGovernor(gate: self.gate, book: self.book) { [directory] census in
            await directory.findSessions(census)
        }
    }

    func makeBroadcaster() -> any Child {
        self.broadcaster.moveIn(self.newBroadcaster())
    }

    func makeSessions(drainTimeout: Duration) -> Sessions {
        Sessions(directory: self.directory, drainTimeout: drainTimeout) { await self.handOut() }
    }

    /// What a Broadcaster that has crashed, or is down before its sessions, has left in the ledger.
    private func handOut() async {
        guard self.broadcaster.current?.isRunning != true else { return }
        await self.newBroadcaster().broadcast()
    }

    private func newBroadcaster() -> Broadcaster {
        Broadcaster(
            ledger: self.ledger,
            directory: self.directory,
            account: self.account,
            queueTotal: self.configuration.push.queueTotalBytes,
            timerLoop: self.group.any(),
            logger: self.logger
        )
    }

    func makeAuditor(tree: @escaping @Sendable () async -> ChildSnapshot?) -> any Child {
        self.auditor.moveIn(
            Auditor(
                scene: self.auditScene(tree),
                interval: self.configuration.audit.interval,
                book: self.audits,
                logger: self.logger
            )
        )
    }

    private func auditScene(_ tree: @escaping @Sendable () async -> ChildSnapshot?) -> AuditScene {
        AuditScene(
            directory: self.directory,
            book: self.book,
            tree: tree,
            runs: { [ledger] in ledger.withLedger { $0.counts.runs } },
            frames: { [ledger, account] in
                let (unacknowledged, last) = ledger.withLedger { ($0.counts.outbox, $0.lastNumber) }
                return FrameFlow(bytes: account.total, unacknowledged: unacknowledged, lastNumber: last)
            },
            openBefore: self.openBefore
        )
    }

    func makeAcceptor(
        tree: @escaping @Sendable () async -> ChildSnapshot?,
        listening: @escaping @Sendable (Int) -> Void
    ) -> any Child {
        let api = self.makeAPI(tree: tree)
        let keys = DoorKeys(gate: self.gate, book: self.book, directory: self.directory) { [broadcaster] in
            broadcaster.current?.wake()
        }
        let settings = self.acceptorSettings
        return Acceptor(
            settings: settings,
            group: self.group,
            logger: self.logger,
            makeChannel: { ChildChannel(keys: keys, settings: settings, pending: $0, answer: api.respond) },
            listening: { address in self.bound(address, then: listening) }
        )
    }

    private var acceptorSettings: AcceptorSettings {
        let bound = self.boundPort.load(ordering: .relaxed)
        var settings = AcceptorSettings(
            host: self.configuration.server.host,
            port: bound == 0 ? self.configuration.server.port : bound
        )
        settings.handshakeTimeout = self.configuration.server.handshakeTimeout
        settings.maxMessageBytes = self.configuration.inbound.maxMessageBytes
        settings.stopTime = self.configuration.server.drainTimeout * 0.04
        return settings
    }

    private func bound(_ address: SocketAddress, then listening: @Sendable (Int) -> Void) {
        let port = address.port ?? self.configuration.server.port
        self.boundPort.store(port, ordering: .relaxed)
        self.logger.log(.info, "listening", [.address: "\(address.ipAddress ?? "")", .port: "\(port)"])
        listening(port)
    }

    private func makeAPI(tree: @escaping @Sendable () async -> ChildSnapshot?) -> API {
        API(
            health: HealthRoutes(since: self.since) { [gauge] in gauge.status() },
            runs: RunsRoutes(queries: self.queries),
            debug: DebugRoutes(
                directory: self.directory,
                book: self.book,
                limits: self.admissionLimits,
                snapshot: tree,
                audits: self.audits,
                auditor: self.auditor
            ),
            faults: self.faults.map {
                FaultRoutes(faults: $0, directory: self.directory, logger: self.logger)
            },
            logger: self.logger
        )
    }
}

extension CaptureChoice {
    /// The capture that was asked for; nil for the first that works.
    fileprivate var name: CaptureName? {
        switch self {
        case .auto: nil
        case .wal: .wal
        case .notify: .notify
        case .poll: .poll
        }
    }
}
