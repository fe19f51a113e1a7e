import BrainTestKit

/// Takes a sample of the daemon and its clients each 5 s, and writes the report as it stands each two minutes.
struct SampleLoop: Sendable {
    let plan: SoakPlan
    let daemon: SoakDaemon
    let api: DaemonAPI
    let book: SoakBook
    let restarts: RestartDesk
    let folder: ReportFolder

    private static let period = Duration.seconds(5)
    private static let reportPeriod = Duration.seconds(120)

    /// Goes on until the book ends.
    func run() async throws {
        var (memory, before, written) = (MemoryWindows(minutes: self.plan.minutes), Moment(self), Duration.zero)
        var next = Self.period
        while try await self.book.lasts(until: next) {
            await self.sample(&before, &memory)
            // A daemon that doesn't answer makes samples fewer, not later and later.
            next = max(next + Self.period, .seconds(self.book.seconds))
            guard next - written >= Self.reportPeriod else { continue }
            written = next
            // The next one may find room on the disk.
            try? self.folder.write(self.draft)
        }
    }

    private var draft: SoakReport {
        var draft = self.book.draft(self.restarts)
        draft.judge()
        return draft
    }

    private func sample(_ before: inout Moment, _ memory: inout MemoryWindows) async {
        let now = Moment(self)
        var sample = Sample(second: Int(self.book.seconds))
        sample.seconds = max(1, Int(now.seconds(since: before).rounded()))
        sample.messagesPerSecond = now.messages(since: before)
        sample.changesPerSecond = now.changes(since: before)
        sample.cores = now.cores(since: before)
        sample.latency = self.book.takeLatencies()
        sample.restarts = self.restarts.total
        sample.residentMiB = ProcessFacts.residentBytes(of: self.daemon.pid).map { Double($0) / Double(1 << 20) }
        sample.descriptors = ProcessFacts.descriptors(of: self.daemon.pid)
        await self.ask(&sample)
        if let resident = sample.residentMiB { memory.add(resident, at: Double(sample.second)) }
        before = now
        let (result, summary) = (sample, memory.summary)
        self.book.note { report in
            report.samples.add(result)
            report.memory = summary
        }
    }

    private func ask(_ sample: inout Sample) async {
        if let capture = await self.api.capture() { self.book.note { $0.captures.add(capture, of: $0.setup.capture) } }
        if let list = try? await self.api.json("/api/debug/sessions?sort=queued_bytes") {
            sample.sessions = list["count"]?.number.map { Int($0) }
            let queues = list["sessions"]?.elements.compactMap { $0["queued_bytes"]?.number }
            sample.queuedBytes = queues.map { Int($0.reduce(0, +)) }
            if let audit = list["audit"] { self.book.audited(audit, at: sample.second) }
        }
        await self.lookForHalfOpen(sample.second)
        sample.findings = self.book.note { $0.findings.count } + self.restarts.troubles.findings.count
    }
}

extension SampleLoop {
    /// The list of all sessions is long: it is asked for now and then.
    private static let halfOpenPeriod = 15

    private func lookForHalfOpen(_ second: Int) async {
        guard second % Self.halfOpenPeriod < 5,
            let list = try? await self.api.json("/api/debug/sessions?sort=age&limit=1000"),
            HalfOpenSessions.overdue(in: list) > 0
        else { return }
        self.book.note { $0.findings.saw(HalfOpenSessions.finding, at: second) }
    }
}

/// What is counted on and on, at one moment.
private struct Moment {
    private let at = ContinuousClock.now
    private let heard: Int
    private let committed: Int
    private let processor: Duration?

    init(_ loop: SampleLoop) {
        let counts = loop.book.oracle.withLock { $0.counts }
        (self.heard, self.committed) = (counts.heard, counts.committed)
        self.processor = ProcessFacts.processorTime(of: loop.daemon.pid)
    }

    func messages(since before: Moment) -> Double { Double(self.heard - before.heard) / self.seconds(since: before) }

    func changes(since before: Moment) -> Double {
        Double(self.committed - before.committed) / self.seconds(since: before)
    }

    func cores(since before: Moment) -> Double? {
        guard let now = self.processor, let earlier = before.processor else { return nil }
        return (now - earlier) / .seconds(1) / self.seconds(since: before)
    }

    func seconds(since before: Moment) -> Double { max(0.001, (self.at - before.at) / .seconds(1)) }
}
