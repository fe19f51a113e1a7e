/// The plots of a report, one below the other over the same time.
struct HTMLPlots: Sendable {
    private let samples: [Sample]
    private let marks: [SVGPlot.Mark]
    private let seconds: Double

    init(_ report: SoakReport) {
        self.samples = report.samples.samples
        self.marks = report.faults.list.map {
            SVGPlot.Mark(second: $0.at, title: "\(Figure.clock($0.at)) \($0.description)")
        }
        self.seconds = Double(max(report.ranSeconds, report.samples.lastSecond))
    }

    /// All of them; nothing where there are no samples.
    var text: String {
        guard !self.samples.isEmpty else { return "" }
        let figures = [self.memory, self.counts, self.latency, self.messages, self.restarts].map(self.figure)
        let note =
            self.marks.isEmpty
            ? "" : "\n<p class=\"note\">Faults are thin vertical lines; where there are many, short ones above.</p>"
        return figures.joined(separator: "\n") + note
    }

    private var memory: SVGPlot {
        self.plot("memory", "Resident memory, MiB", .linear, [self.line("resident memory", \.residentMiB)])
    }

    private var counts: SVGPlot {
        let lines = [
            self.line("sessions") { $0.sessions.map(Double.init) },
            self.line("descriptors") { $0.descriptors.map(Double.init) },
        ]
        return self.plot("counts", "Sessions and descriptors", .linearFromZero, lines)
    }

    private var latency: SVGPlot {
        let lines = [
            self.line("p50") { $0.latency?.p50 }, self.line("p99") { $0.latency?.p99 },
            self.line("max") { $0.latency?.max },
        ]
        return self.plot("latency", "Latency, ms", .logarithmic, lines)
    }

    private var messages: SVGPlot {
        let line = self.line("messages a second") { $0.messagesPerSecond }
        return self.plot("messages", "Messages a second", .linearFromZero, [line])
    }

    private var restarts: SVGPlot {
        var line = self.line("restarts") { Double($0.restarts) }
        line.isStepped = true
        return self.plot("restarts", "Restarts since the beginning", .linearFromZero, [line])
    }

    private func line(_ name: String, _ value: (Sample) -> Double?) -> SVGPlot.Line {
        SVGPlot.Line(name: name, points: self.samples.map { .init(second: Double($0.second), value: value($0)) })
    }

    private func plot(_ id: String, _ title: String, _ scale: SVGPlot.Scale, _ lines: [SVGPlot.Line]) -> SVGPlot {
        SVGPlot(
            id: id,
            title: title,
            description: lines.map(Self.summary).joined(separator: " "),
            scale: scale,
            lines: lines,
            marks: self.marks,
            seconds: self.seconds
        )
    }

    /// What a line shows, in a sentence.
    private static func summary(_ line: SVGPlot.Line) -> String {
        let values = line.points.compactMap(\.value).filter(\.isFinite)
        guard let least = values.min(), let most = values.max(), let last = values.last else {
            return "\(line.name): no values."
        }
        let texts = [least, most, last].map { Figure.number($0, digits: abs($0) < 100 ? 1 : 0) }
        return "\(line.name): from \(texts[0]) to \(texts[1]), at the end \(texts[2])."
    }

    private func figure(_ plot: SVGPlot) -> String {
        "<figure>\n<figcaption>\(HTML.text(plot.title))\(Self.legend(plot.lines))</figcaption>\n\(plot.text)\n</figure>"
    }

    /// A single line is named by the title.
    private static func legend(_ lines: [SVGPlot.Line]) -> String {
        guard lines.count > 1 else { return "" }
        let keys = lines.enumerated().map { index, line in
            let sign = "<svg aria-hidden=\"true\"><path class=\"line line\(index + 1)\" d=\"M1 4H21\"/></svg>"
            return "<span class=\"key\">\(sign)\(HTML.text(line.name))</span>"
        }
        return "<span class=\"keys\">\(keys.joined())</span>"
    }
}
