import Brain
import BrainTestKit
import Foundation
import Postgres

/// All connections of a real Brain are cut, and runs change with it in one transaction: until its client has them all.
struct ResyncBench: Sendable {
    let changed: Int
    let rounds: Int
    let capture: CaptureName

    /// One cut, in milliseconds.
    struct Sample: Sendable {
        /// From the cut, before the changes are made.
        let fromCut: Double
        /// From when the changes were committed.
        let fromCommit: Double
        /// From when Brain had a capture again, as its log says; nil where that was before the commit.
        let fromConnected: Double?
    }

    func run(on site: BenchSite) async throws -> ResyncReport {
        let machine = MachineFacts.now(postgres: site.version)
        try await site.migrate()
        let samples = try await self.cuts(site)
        let look = try await WholeLook(site: site).measure(rounds: self.rounds)
        return ResyncReport(
            machine: machine,
            mode: self.capture.rawValue,
            runs: site.runs,
            changed: self.changed,
            samples: samples,
            look: look
        )
    }

    private func cuts(_ site: BenchSite) async throws -> [Sample] {
        let brain = try await BrainProcess.start(self.capture, on: site, ["--max-push-rate", "0"])
        do {
            let client = try await brain.connect()
            var samples: [Sample] = []
            for round in 1...self.rounds {
                ReportOptions.progress("cut \(round) of \(self.rounds)")
                samples.append(try await self.cut(round, brain, client, site))
            }
            try await client.reset()
            await brain.stop()
            return samples
        } catch {
            await brain.stop()
            throw error
        }
    }

    private func cut(
        _ round: Int,
        _ brain: BrainProcess,
        _ client: WebSocketClient,
        _ site: BenchSite
    ) async throws -> Sample {
        // The capture has settled, and the back-off begins anew.
        try await Task.sleep(for: .seconds(3))
        let progress = 700_000_000 + round
        let began = ContinuousClock.now
        try await site.admin.execute(self.script(progress))
        let (committed, committedAt) = (ContinuousClock.now, Date())
        let last = try await self.last(progress, client)
        let lastAt = Date()
        try brain.check(self.capture)
        let connected = brain.lastConnected.flatMap { $0 > committedAt ? lastAt.timeIntervalSince($0) * 1000 : nil }
        return Sample(
            fromCut: began.duration(to: last).milliseconds,
            fromCommit: committed.duration(to: last).milliseconds,
            fromConnected: connected
        )
    }

    private func script(_ progress: Int) -> String {
        """
        BEGIN;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'brain';
        UPDATE runs SET progress = \(progress)
        WHERE id IN (SELECT 'run-' || n FROM generate_series(1, \(self.changed)) n);
        COMMIT
        """
    }

    /// When the last of the changed runs came.
    private func last(_ progress: Int, _ client: WebSocketClient) async throws -> ContinuousClock.Instant {
        let mark = "\"progress\":\(progress),"
        var missing = self.changed
        while missing > 0 {
            if try await client.nextText(within: .seconds(60)).contains(mark) { missing -= 1 }
        }
        return .now
    }
}

/// What a ``ResyncBench`` found, in milliseconds.
struct ResyncReport: Report {
    let machine: MachineFacts
    let mode: String
    let runs: Int
    let changed: Int
    let fromCut: Spread?
    let fromCommit: Spread?
    let fromConnected: Spread?
    let look: WholeLook.Times

    init(
        machine: MachineFacts,
        mode: String,
        runs: Int,
        changed: Int,
        samples: [ResyncBench.Sample],
        look: WholeLook.Times
    ) {
        (self.machine, self.mode, self.runs, self.changed, self.look) = (machine, mode, runs, changed, look)
        self.fromCut = Distribution(samples.map(\.fromCut)).spread
        self.fromCommit = Distribution(samples.map(\.fromCommit)).spread
        self.fromConnected = Distribution(samples.compactMap(\.fromConnected)).spread
    }

    var lines: [String] {
        var table = TextTable(["ms", "", "median [least..greatest]"], leading: 2)
        table.add(["until the client has all of them", "from the cut", Self.text(self.fromCut)])
        table.add(["", "from the commit", Self.text(self.fromCommit)])
        table.add(["", "from the capture's connection", Self.text(self.fromConnected)])
        table.add(["a look at the whole table", "the first, into an empty ledger", self.look.first.text(1)])
        table.add(["", "nothing changed", Self.text(self.look.unchanged)])
        table.add(["", "\(self.look.changedRuns) runs changed", Self.text(self.look.changed)])
        return [
            "Catching up, by \(self.mode): \(self.machine.line)",
            "\(self.runs) runs, of which \(self.changed) change in one transaction that first cuts all of Brain's connections.",
            "",
        ] + table.lines
    }

    private static func text(_ spread: Spread?) -> String {
        spread.map { $0.text(1) } ?? "-"
    }
}
