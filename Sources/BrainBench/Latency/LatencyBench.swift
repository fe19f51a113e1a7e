import Brain
import Postgres

/// From the commit of a change to its receipt, by Brain and by a bare reader in turn, one at a time.
struct LatencyBench: Sendable {
    /// Changes of a block that don't count: whoever has just started does things that it does once.
    private static let warmUp = 20

    let changes: Int
    let interval: Duration
    let block: Int
    let capture: CaptureName
    var bareReader: ListenerMaker = LibpqListener.maker

    /// One change, in milliseconds.
    struct Sample: Sendable {
        let fromSend: Double
        let fromAcknowledgement: Double
        /// What the writer waits for, whoever listens.
        let commit: Double
    }

    func run(on site: BenchSite) async throws -> LatencyReport {
        let machine = MachineFacts.now(postgres: site.version)
        try await site.migrate()
        try await site.settle()
        let writer = LatencyWriter(connection: try await site.connect(), runs: site.runs)
        try await writer.prepare()
        var brain: [Sample] = []
        var reader: [Sample] = []
        while brain.count < self.changes {
            ReportOptions.progress("\(brain.count) of \(self.changes) changes")
            let count = min(self.block, self.changes - brain.count)
            brain += try await self.measure(BrainListener.maker(self.capture), count, writer, site)
            reader += try await self.measure(self.bareReader, count, writer, site)
        }
        await writer.connection.close()
        return LatencyReport(machine: machine, mode: self.capture.rawValue, brain: brain, reader: reader)
    }

    private func measure(
        _ maker: ListenerMaker,
        _ count: Int,
        _ writer: LatencyWriter,
        _ site: BenchSite
    ) async throws -> [Sample] {
        let listener = try await maker(site)
        let samples: Result<[Sample], any Error>
        do {
            samples = .success(try await self.samples(count, listener, writer))
        } catch {
            samples = .failure(error)
        }
        try await listener.end()
        return try samples.get()
    }

    private func samples(
        _ count: Int,
        _ listener: any ChangeListener,
        _ writer: LatencyWriter
    ) async throws -> [Sample] {
        var samples: [Sample] = []
        for _ in 0..<(count + Self.warmUp) {
            // By chance, so that the changes don't fall into step with whoever looks at intervals.
            try await Task.sleep(for: self.interval * Double.random(in: 0..<2), tolerance: .zero)
            samples.append(try await writer.change(heardBy: listener))
        }
        return Array(samples.dropFirst(Self.warmUp))
    }
}

/// Changes one run after the other, each to a progress that none had before.
private actor LatencyWriter {
    let connection: Connection
    private let runs: Int
    private var count = 0

    init(connection: Connection, runs: Int) {
        self.connection = connection
        self.runs = runs
    }

    func prepare() async throws {
        try await self.connection.execute("SET synchronous_commit TO on")
    }

    func change(heardBy listener: any ChangeListener) async throws -> LatencyBench.Sample {
        self.count += 1
        let (progress, run) = (700_000_000 + self.count, "run-\(self.count % self.runs + 1)")
        listener.expect(progress)
        // Waits from here on: some listeners read only then.
        async let receipt = listener.receipt()
        let sent = ContinuousClock.now
        _ = try await self.connection.query("UPDATE runs SET progress = $1 WHERE id = $2", ["\(progress)", run])
        let acknowledged = ContinuousClock.now
        let received = try await receipt
        return LatencyBench.Sample(
            fromSend: sent.duration(to: received).milliseconds,
            fromAcknowledgement: acknowledged.duration(to: received).milliseconds,
            commit: sent.duration(to: acknowledged).milliseconds
        )
    }
}

/// What a ``LatencyBench`` found, in milliseconds.
struct LatencyReport: Report {
    let machine: MachineFacts
    let mode: String
    let brain: Listener
    let reader: Listener

    /// What one of the two took.
    struct Listener: Encodable, Sendable {
        let fromSend: Latency?
        let fromAcknowledgement: Latency?
        let commit: Latency?

        init(_ samples: [LatencyBench.Sample]) {
            self.fromSend = Distribution(samples.map(\.fromSend)).latency
            self.fromAcknowledgement = Distribution(samples.map(\.fromAcknowledgement)).latency
            self.commit = Distribution(samples.map(\.commit)).latency
        }
    }

    init(machine: MachineFacts, mode: String, brain: [LatencyBench.Sample], reader: [LatencyBench.Sample]) {
        (self.machine, self.mode) = (machine, mode)
        (self.brain, self.reader) = (Listener(brain), Listener(reader))
    }

    var lines: [String] {
        var table = TextTable(["", "ms", "p50", "p90", "p99", "max", "n"], leading: 2)
        for (name, listener) in [("brain, \(self.mode)", self.brain), ("bare reader", self.reader)] {
            table.add([name, "send to receipt"] + (listener.fromSend?.cells ?? []))
            table.add([name, "acknowledgement to receipt"] + (listener.fromAcknowledgement?.cells ?? []))
            table.add([name, "send to acknowledgement"] + (listener.commit?.cells ?? []))
        }
        return ["Latency with one client: \(self.machine.line)", ""] + table.lines + [
            "",
            self.difference("send to receipt", self.brain.fromSend, self.reader.fromSend),
            self.difference(
                "acknowledgement to receipt",
                self.brain.fromAcknowledgement,
                self.reader.fromAcknowledgement
            ),
        ]
    }

    private func difference(_ name: String, _ brain: Latency?, _ reader: Latency?) -> String {
        guard let brain, let reader else { return "\(name): nothing was measured" }
        let (p50, p99) = (brain.p50 - reader.p50, brain.p99 - reader.p99)
        return "\(name), brain less bare reader: p50 \(p50.text(3)) ms, p99 \(p99.text(3)) ms"
    }
}
