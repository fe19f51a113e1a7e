import BrainTestKit
import Glibc

/// The write overhead of each mode: rounds in which the modes follow one another, each compared with `none` of its round.
struct CaptureBench: Sendable {
    let rounds: Int
    let seconds: Int
    let writers: [Int]
    let modes: [CaptureMode]
    let commits: [CommitMode]
    /// Whether a client listens to Brain.
    let isHeard: Bool

    /// One run of pgbench and what the readers spent meanwhile.
    struct Sample: Encodable, Sendable {
        let mode: CaptureMode
        let round: Int
        let tps: Double
        /// Of `none` in the same round.
        var ratio: Double?
        /// Processor time of Brain, or of pg_recvlogical, in µs per transaction.
        let readerMicroseconds: Double?
        /// The same of the server's processes that serve the reader.
        let serverMicroseconds: Double?
        /// The same of the client, which is in this process.
        let clientMicroseconds: Double?
        let messages: Int?
    }

    func run(on site: BenchSite) async throws -> CaptureReport {
        let machine = MachineFacts.now(postgres: site.version)
        // What comes first after the start of a server isn't like the rest.
        _ = try await WriterLoad(writers: 4, commit: .on, seconds: min(self.seconds, 5)).run(on: site)
        var cells: [CaptureReport.Cell] = []
        for commit in self.commits {
            for writers in self.writers {
                cells.append(
                    try await self.cell(WriterLoad(writers: writers, commit: commit, seconds: self.seconds), site)
                )
            }
        }
        return CaptureReport(
            machine: machine,
            rounds: self.rounds,
            seconds: self.seconds,
            runs: site.runs,
            cells: cells
        )
    }

    private func cell(_ load: WriterLoad, _ site: BenchSite) async throws -> CaptureReport.Cell {
        var samples: [Sample] = []
        for round in 0..<self.rounds {
            ReportOptions.progress("\(load.writers) writers, synchronous_commit \(load.commit), round \(round + 1)")
            var current: [Sample] = []
            for mode in self.order(round) { current.append(try await self.sample(mode, load, site, round: round)) }
            let bare = current.first { $0.mode == .none }?.tps
            samples += current.map { sample in
                var sample = sample
                sample.ratio = bare.map { sample.tps / $0 }
                return sample
            }
        }
        return CaptureReport.Cell(writers: load.writers, commit: load.commit, modes: self.modes, samples: samples)
    }

    /// Rotated after two rounds and turned around each other one, so that no mode always comes after the same.
    private func order(_ round: Int) -> [CaptureMode] {
        let shift = (round / 2) % self.modes.count
        let rotated = Array(self.modes[shift...] + self.modes[..<shift])
        return round.isMultiple(of: 2) ? rotated : rotated.reversed()
    }

    private func sample(_ mode: CaptureMode, _ load: WriterLoad, _ site: BenchSite, round: Int) async throws -> Sample {
        try await mode.prepare(site)
        try await site.settle()
        let (run, messages) = try await mode.reading(site, isHeard: self.isHeard) { reader in
            // Whoever has just started does things that it does once.
            try await Task.sleep(for: .milliseconds(500))
            let atServer = try await site.readersAtTheServer()
            let before = ReaderTime(reader, atServer)
            let outcome = try await load.run(on: site)
            return (outcome, before.untilNow(transactions: outcome.transactions))
        }
        return Sample(
            mode: mode,
            round: round,
            tps: run.0.tps,
            readerMicroseconds: run.1.reader,
            serverMicroseconds: run.1.server,
            clientMicroseconds: messages == nil ? nil : run.1.client,
            messages: messages
        )
    }
}

/// What the readers have spent so far; a process that is gone counts nothing.
private struct ReaderTime: Sendable {
    private let pid: Int32?
    private let reader: Duration?
    private let server: [Int32: Duration]
    private let client: Duration

    init(_ reader: Int32?, _ server: [Int32]) {
        self.pid = reader
        self.reader = reader.flatMap(ProcessFacts.processorTime)
        // Safety: no process comes twice.
        self.server = Dictionary(uniqueKeysWithValues: server.map { ($0, ProcessFacts.processorTime(of: $0) ?? .zero) })
        self.client = ProcessFacts.processorTime(of: getpid()) ?? .zero
    }

    /// In µs per transaction; nil where there was nobody.
    func untilNow(transactions: Int) -> (reader: Double?, server: Double?, client: Double) {
        let now = ReaderTime(self.pid, Array(self.server.keys))
        let share = { (spent: Duration) in max(.zero, spent) / .microseconds(1) / Double(max(1, transactions)) }
        let reader = now.reader.flatMap { after in self.reader.map { share(after - $0) } }
        let server = now.server.map { max(.zero, $0.value - (self.server[$0.key] ?? .zero)) }
        return (reader, server.isEmpty ? nil : share(server.reduce(.zero, +)), share(now.client - self.client))
    }
}
