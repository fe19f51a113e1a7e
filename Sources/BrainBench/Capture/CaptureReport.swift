/// What a ``CaptureBench`` found.
struct CaptureReport: Report {
    let machine: MachineFacts
    let rounds: Int
    let seconds: Int
    let runs: Int
    let cells: [Cell]

    /// Some writers with one kind of commit.
    struct Cell: Encodable, Sendable {
        let writers: Int
        let commit: CommitMode
        let modes: [Row]
        let samples: [CaptureBench.Sample]

        init(writers: Int, commit: CommitMode, modes: [CaptureMode], samples: [CaptureBench.Sample]) {
            self.writers = writers
            self.commit = commit
            self.modes = modes.map { mode in Row(mode, samples.filter { $0.mode == mode }) }
            self.samples = samples
        }
    }

    /// One mode in a cell.
    struct Row: Encodable, Sendable {
        let mode: CaptureMode
        let tps: Spread?
        /// Of `none` in the same round.
        let ratio: Spread?
        let readerMicroseconds: Spread?
        let serverMicroseconds: Spread?
        let clientMicroseconds: Spread?
        let messages: Spread?

        init(_ mode: CaptureMode, _ samples: [CaptureBench.Sample]) {
            self.mode = mode
            self.tps = Distribution(samples.map(\.tps)).spread
            self.ratio = Distribution(samples.compactMap(\.ratio)).spread
            self.readerMicroseconds = Distribution(samples.compactMap(\.readerMicroseconds)).spread
            self.serverMicroseconds = Distribution(samples.compactMap(\.serverMicroseconds)).spread
            self.clientMicroseconds = Distribution(samples.compactMap(\.clientMicroseconds)).spread
            self.messages = Distribution(samples.compactMap { $0.messages.map(Double.init) }).spread
        }
    }

    var lines: [String] {
        var table = TextTable(
            [
                "commit", "writers", "mode", "tps", "ratio", "min", "max", "reader µs/tx", "server µs/tx",
                "client µs/tx", "messages",
            ],
            leading: 1
        )
        for cell in self.cells {
            for row in cell.modes { table.add(["\(cell.commit)", "\(cell.writers)"] + row.cells) }
        }
        return [
            "Write overhead: \(self.machine.line)",
            "\(self.runs) runs, \(self.rounds) rounds of \(self.seconds) s for each mode; tps is the median, ratio the",
            "median of the ratios to `none` of the same round, with the least and the greatest. µs/tx: processor time of",
            "Brain (or pg_recvlogical), of the server's processes that serve it, and of the client, for each transaction.",
            "",
        ] + table.lines
    }
}

extension CaptureReport.Row {
    fileprivate var cells: [String] {
        [
            self.mode.rawValue, Self.text(self.tps?.median, 0), Self.text(self.ratio?.median, 3),
            Self.text(self.ratio?.min, 3), Self.text(self.ratio?.max, 3),
            Self.text(self.readerMicroseconds?.median, 1), Self.text(self.serverMicroseconds?.median, 1),
            Self.text(self.clientMicroseconds?.median, 1), Self.text(self.messages?.median, 0),
        ]
    }

    private static func text(_ value: Double?, _ digits: Int) -> String {
        value.map { $0.text(digits) } ?? "-"
    }
}
