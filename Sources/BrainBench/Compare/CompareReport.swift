/// What a ``CompareBench`` found.
struct CompareReport: Report {
    let machine: MachineFacts
    let rounds: Int
    let seconds: Int
    /// What a reader must know to judge it.
    let remarks: [String]
    let rows: [RowOutcome]
    /// Runs from which nothing follows, and why.
    let defects: [String]
    let samples: [FanSample]
    let isPassed: Bool

    /// - Parameters:
    ///   - setting: how it was measured.
    ///   - cells: what was asked.
    ///   - samples: all runs.
    ///   - thresholds: what the rows are held against.
    init(_ setting: CompareSetting, _ cells: [CompareCell], _ samples: [FanSample], _ thresholds: Thresholds) {
        (self.machine, self.rounds, self.seconds) = (setting.machine, setting.rounds, setting.seconds)
        self.samples = samples
        self.rows = CompareRow.all.filter { cells.contains($0.cell) }.map { RowOutcome($0, samples, thresholds) }
        self.defects = samples.filter { !$0.defects.isEmpty }.map { sample in
            "\(sample.trial.title), round \(sample.round + 1): \(sample.defects.joined(separator: ", "))"
        }
        self.remarks = setting.remarks + Self.lowered(samples, seconds: setting.seconds)
        self.isPassed = self.defects.isEmpty && self.rows.allSatisfy { $0.verdict != .fail }
    }

    var lines: [String] {
        [
            "Fan-out: \(self.machine.line)",
            "\(self.rounds) rounds of \(self.seconds) s; of each figure the median [least..greatest] of the rounds. The value is",
            "the ratio to the other in the same round; of memory beside stalled clients the difference; of idle memory itself.",
        ] + self.remarks + [""] + self.loads.lines + [""] + self.verdicts.lines + [""] + self.conclusion
    }

    private var conclusion: [String] {
        self.defects.map { "not in order: \($0)" } + [self.isPassed ? "passed" : "FAILED: \(self.failures)"]
    }

    private var failures: String {
        let missed = self.rows.filter { $0.verdict == .fail }.map(\.name)
        return (missed + (self.defects.isEmpty ? [] : ["runs not in order"])).joined(separator: ", ")
    }

    private var verdicts: TextTable {
        var table = TextTable(RowOutcome.head, leading: 3)
        for row in self.rows { table.add(row.cells) }
        return table
    }

    private static func lowered(_ samples: [FanSample], seconds: Int) -> [String] {
        let lowered = samples.filter { $0.plan.connections < $0.trial.load.plan(seconds: seconds).connections }
        let clients = Dictionary(lowered.map { ($0.trial.load.rawValue, $0.plan.connections) }) { $1 }
        return clients.sorted { $0.key < $1.key }.map { load, number in
            "\(load) had only \(number) clients that read: there are no descriptors for more."
        }
    }
}

/// How a comparison was measured.
struct CompareSetting: Sendable {
    let machine: MachineFacts
    let rounds: Int
    let seconds: Int
    let remarks: [String]
}

extension CompareReport {
    /// Every contestant under every load, medians.
    private var loads: TextTable {
        var table = TextTable(["load", "server"] + LoadFigure.all.map(\.name), leading: 2)
        for load in FanLoad.allCases {
            for contestant in Contestant.allCases { self.add(Trial(load, contestant), to: &table) }
        }
        return table
    }

    private func add(_ trial: Trial, to table: inout TextTable) {
        let results = self.samples.filter { $0.trial == trial }.map(\.result)
        guard !results.isEmpty else { return }
        let cells = LoadFigure.all.map { $0.text(of: results, under: trial.load) }
        table.add([trial.load.rawValue, trial.contestant.rawValue] + cells)
    }
}

/// A column of the loads' table.
private struct LoadFigure: Sendable {
    let name: String
    let digits: Int
    /// Whether it says something of clients that only wait.
    var isOfIdleClients = false
    let value: @Sendable (FanResult) -> Double

    static let all = [
        LoadFigure(.processorTime), LoadFigure(.rate),
        LoadFigure(name: "p50 ms", digits: 1) { $0.p50Microseconds / 1000 },
        LoadFigure(.latency), LoadFigure(.idleMemory, isOfIdleClients: true),
        LoadFigure(.connects, isOfIdleClients: true), LoadFigure(.residentMemory, isOfIdleClients: true),
        LoadFigure(name: "server busy", digits: 2) { $0.serverBusy },
        LoadFigure(name: "client busy", digits: 2) { $0.clientBusy },
        LoadFigure(name: "others busy", digits: 2) { $0.othersBusy },
    ]

    /// The median.
    func text(of results: [FanResult], under load: FanLoad) -> String {
        guard self.isOfIdleClients || load != .idle else { return "-" }
        return Distribution(results.map(self.value)).median.text(self.digits)
    }
}

extension LoadFigure {
    init(_ metric: FanMetric, isOfIdleClients: Bool = false) {
        self.init(name: metric.rawValue, digits: metric.digits, isOfIdleClients: isOfIdleClients) {
            metric.value(in: $0)
        }
    }
}
