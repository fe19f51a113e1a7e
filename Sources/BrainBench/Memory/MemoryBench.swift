import Runs

/// A ledger with many runs: what it holds, and how long a comparison with rows that are the same takes.
struct MemoryBench: Sendable {
    let runs: Int
    let rounds: Int

    func run() throws -> MemoryReport {
        let machine = MachineFacts.now()
        // What the first rows take beside themselves, such as the parsers' tables, is there before.
        try SampleRows.forEachPiece(of: SampleRows.pieceSize) { _ = $0.compactMap(RunState.init) }
        let before = Kernel.residentBytes
        var ledger = RunLedger(updateInterval: .milliseconds(100))
        let fill = try self.pass { _ = ledger.found($0) }
        let after = Kernel.residentBytes
        let compares = try (0..<self.rounds).map { _ in try self.compare(with: &ledger) }
        return MemoryReport(
            machine: machine,
            runs: ledger.counts.runs,
            changed: ledger.counts.changed,
            residentBefore: before,
            residentAfter: after,
            residentPeak: Kernel.peakBytes,
            textBytes: try self.textBytes(),
            fill: fill,
            compare: Distribution(compares).spread
        )
    }

    private func compare(with ledger: inout RunLedger) throws -> Double {
        let clock = ContinuousClock()
        let begin = clock.measure { ledger.beginSweep() }
        let now = clock.now
        let rows = try self.pass { _ = ledger.observed($0, now: now) }
        let end = clock.measure { _ = ledger.endSweep() }
        return rows + (begin + end).milliseconds
    }

    /// The time in ms that `body` takes for all rows; to make them doesn't count.
    private func pass(_ body: (RunRow) -> Void) throws -> Double {
        var time = Duration.zero
        try SampleRows.forEachPiece(of: self.runs) { rows in
            time += ContinuousClock().measure { rows.forEach(body) }
        }
        return time.milliseconds
    }

    private func textBytes() throws -> Int {
        var bytes = 0
        try SampleRows.forEachPiece(of: self.runs) { rows in
            bytes += rows.reduce(0) { $0 + (RunState($1)?.data.utf8.count ?? 0) }
        }
        return bytes
    }
}

/// What a ``MemoryBench`` found.
struct MemoryReport: Report {
    let machine: MachineFacts
    let runs: Int
    /// Of the comparisons; 0, or they weren't what they are called.
    let changed: Int
    let residentBefore: Int
    let residentAfter: Int
    let residentPeak: Int
    let textBytes: Int
    /// In milliseconds.
    let fill: Double
    let compare: Spread?

    var lines: [String] {
        let perRun = Double(self.residentAfter - self.residentBefore) / Double(self.runs)
        let text = Double(self.textBytes) / Double(self.runs)
        return [
            "The ledger's memory: \(self.machine.line)",
            "\(self.runs) runs",
            "",
            "resident before  \(Self.mebibytes(self.residentBefore))",
            "resident after   \(Self.mebibytes(self.residentAfter)), at most \(Self.mebibytes(self.residentPeak))",
            "of each run      \(perRun.text(1)) bytes, of which \(text.text(1)) are its text (the JSON of data) and",
            "                 \((perRun - text).text(1)) are beside it",
            "filled in        \(self.fill.text(0)) ms",
            "compared in      \(self.compare?.text(0) ?? "-") ms, all unchanged (\(self.changed) taken for changed)",
        ]
    }

    private static func mebibytes(_ bytes: Int) -> String {
        "\((Double(bytes) / Double(1 << 20)).text(1)) MiB"
    }
}
