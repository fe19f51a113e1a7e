import BrainTestKit
import Foundation
import Postgres

/// A soak from its start to its verdict.
struct Soak: Sendable {
    let plan: SoakPlan
    let screen = Screen()

    /// Runs it, and writes the report.
    ///
    /// - Parameter interrupted: returns when the run is to end before its time; it is judged all the same.
    /// - Returns: whether it passed.
    /// - Throws: what hindered it; a daemon that ends by itself is no error but a verdict.
    func run(until interrupted: @escaping @Sendable () async -> Void) async throws -> Bool {
        let folder = try ReportFolder(start: Date())
        self.screen.say("seed \(self.plan.seed), report in \(folder.path)")
        return try await SoakDatabase.with(runs: self.plan.runs) { database in
            let troubles = LogTroubles(mayExhaustSession: self.plan.mayExhaustSession)
            let (news, restarts) = (DaemonNews(), RestartDesk(troubles))
            let log = DaemonLog(keepingAt: "\(folder.path)/brain.log") { line in
                news.take(line)
                restarts.hear(line)
            }
            defer { log.stop() }
            let daemon = try await SoakDaemon.start(
                on: database,
                capture: self.plan.capture,
                sessionsPerAddress: SoakPlan.clientsPerAddress,
                log: log,
                news: news
            )
            let site = SoakSite(database: database, daemon: daemon, news: news, restarts: restarts, folder: folder)
            let report: SoakReport
            do {
                report = try await self.soak(site, until: interrupted)
            } catch {
                await daemon.stop()
                throw error
            }
            return try self.conclude(report, in: folder)
        }
    }

    private func soak(
        _ site: SoakSite,
        until interrupted: @escaping @Sendable () async -> Void
    ) async throws -> SoakReport {
        let capture = try await site.becomesReady()
        let kinds = self.plan.kinds
        let oracle = SharedOracle(SoakOracle(runs: self.plan.runs, clients: kinds))
        let setup = self.plan.setup(postgres: site.database.version, capture: capture)
        let book = SoakBook(setup, oracle: oracle)
        let before = await site.calmDescriptors()
        book.note { report in
            report.descriptors.beforeClients = before?.values.reduce(0, +)
            report.descriptors.kindsBefore = before ?? [:]
        }
        var crowdPlan = CrowdPlan(port: site.daemon.port, kinds: kinds, runs: self.plan.runs, seed: self.plan.seed)
        crowdPlan.clientsPerAddress = SoakPlan.clientsPerAddress
        let crowd = ClientCrowd(crowdPlan) { events, now in oracle.apply(events, now: now) }
        do {
            try await self.loops(site, book, crowd, until: interrupted)
            try await self.settle(site, book, crowd)
            try await self.leave(site, book, crowd)
        } catch {
            await crowd.stop()
            book.note { $0.ending.brokeOff = "\(error)" }
            // What was found until then must not be lost with it.
            try? site.folder.write(self.judged(book.draft(site.restarts)))
            throw error
        }
        await crowd.stop()
        let endsBefore = site.daemon.end
        let end = await site.daemon.stop()
        book.note { $0.ending.daemonEnded = $0.ending.daemonEnded ?? endsBefore ?? end }
        return book.draft(site.restarts)
    }

    /// Writers, faults and samples, until the time is over or somebody interrupts.
    private func loops(
        _ site: SoakSite,
        _ book: SoakBook,
        _ crowd: ClientCrowd,
        until interrupted: @escaping @Sendable () async -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await interrupted()
                guard !Task.isCancelled else { return false }
                book.note { $0.ending.isInterrupted = true }
                book.end()
                return false
            }
            group.addTask {
                try await self.work(site, book, crowd)
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next(), !isDone {}
        }
    }

    /// Each part of it ends by itself when the book does, so that none is left in the midst of something; the book ends
    /// with the first that fails.
    private func work(_ site: SoakSite, _ book: SoakBook, _ crowd: ClientCrowd) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in self.parts(site, book, crowd) {
                group.addTask {
                    do {
                        try await part()
                    } catch {
                        book.end()
                        throw error
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func parts(
        _ site: SoakSite,
        _ book: SoakBook,
        _ crowd: ClientCrowd
    ) -> [@Sendable () async throws -> Void] {
        let rate = self.plan.changesPerSecond / Double(SoakPlan.writers)
        let writers = self.plan.scripts.map { script in
            { @Sendable () async throws -> Void in
                var writer = Writer(to: site.database, by: script, rate: rate, oracle: book.oracle)
                try await writer.run { book.hasEnded }
            }
        }
        let (watch, faults) = (self.watchLoop(site, book, crowd), self.faultLoop(site, book, crowd))
        let samples = self.sampleLoop(site, book)
        return [{ try await watch.run() }, { try await samples.run() }, { try await faults.run() }] + writers
    }

    private func watchLoop(_ site: SoakSite, _ book: SoakBook, _ crowd: ClientCrowd) -> WatchLoop {
        WatchLoop(
            plan: self.plan,
            daemon: site.daemon,
            crowd: crowd,
            book: book,
            restarts: site.restarts,
            screen: self.screen
        )
    }

    private func sampleLoop(_ site: SoakSite, _ book: SoakBook) -> SampleLoop {
        SampleLoop(
            plan: self.plan,
            daemon: site.daemon,
            api: site.api,
            book: book,
            restarts: site.restarts,
            folder: site.folder
        )
    }

    private func faultLoop(_ site: SoakSite, _ book: SoakBook, _ crowd: ClientCrowd) -> FaultLoop {
        let plan = FaultPlan(
            seed: self.plan.seed,
            duration: self.plan.duration,
            interval: self.plan.faultInterval,
            kinds: self.plan.faults
        )
        let hand = FaultHand(
            database: site.database,
            daemon: site.daemon,
            api: site.api,
            crowd: crowd,
            oracle: book.oracle
        )
        return FaultLoop(
            plan: plan,
            interval: self.plan.faultInterval,
            hand: hand,
            book: book,
            api: site.api,
            seed: self.plan.seed
        )
    }
}
