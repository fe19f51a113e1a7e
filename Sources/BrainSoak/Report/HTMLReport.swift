import Foundation

/// A report as one page that needs nothing else: no network, no script.
struct HTMLReport: Sendable {
    private let report: SoakReport

    init(_ report: SoakReport) {
        self.report = report
    }

    /// The whole page.
    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>brain-soak: \(self.report.verdict.rawValue)</title>
        <style>
        \(HTMLStyle.text)
        </style>
        </head>
        <body>
        \(self.head)
        <main>
        \(self.sections)
        </main>
        </body>
        </html>

        """
    }

    private var head: String {
        let report = self.report
        let end = report.endedAt.map { " to \(Self.time($0))" } ?? ""
        return """
            <header>
            <h1>Brain under load and faults</h1>
            <p class="when">\(Figure.clock(report.ranSeconds)) from \(Self.time(report.startedAt))\(end) UTC</p>
            <div class="verdict \(report.verdict.rawValue)" role="status">
            <p>\(self.verdict)</p>
            \(HTML.list(report.reasons, class: "reasons"))
            \(HTML.list(report.remarks, class: "remarks"))
            </div>
            </header>
            """
    }

    private static func time(_ date: Date) -> String {
        date.formatted(.iso8601.dateTimeSeparator(.space)).replacing("Z", with: "")
    }

    private var verdict: String {
        switch self.report.verdict {
        case .running: "… Running: this is how it stands"
        case .passed: "✓ Passed"
        case .failed: "✗ Failed"
        }
    }

    private var sections: String {
        HTML.section("Setup", self.setup)
            + HTML.section("Figures and their bounds", self.judgements)
            + HTML.section("Losses", self.losses)
            + HTML.section("Audit findings", self.findings)
            + HTML.section("Over time", HTMLPlots(self.report).text)
            + HTML.section("Latency, from the commit to the client", self.latency)
            + HTML.section("Faults", self.faults)
            + HTML.section("Restarts, from the failure until it runs again", self.restarts)
            + HTML.section("Counts", self.counts)
    }

    private var setup: String {
        let setup = self.report.setup
        let clients = setup.clients.sorted { $0.key < $1.key }.map { "\(Figure.number($0.value)) \($0.key)" }
        return Self.terms([
            ("Duration", "\(Figure.number(setup.minutes, digits: setup.minutes < 1 ? 1 : 0)) min"),
            ("Clients", clients.joined(separator: ", ")),
            ("Changes", "\(Figure.number(setup.changesPerSecond)) a second on \(Figure.number(setup.runs)) runs"),
            ("Faults", "one each \(Figure.number(setup.faultIntervalSeconds)) s"),
            ("Kinds", setup.faults.map(\.rawValue).joined(separator: ", ")),
            ("Capture", "\(setup.capture), asked for \(setup.requestedCapture)"), ("Seed", String(setup.seed)),
            ("Build", setup.build.rawValue),
            ("Machine", setup.machine.line),
        ])
    }

    /// The state in words and a sign, not in colour alone.
    private var judgements: String {
        let rows = self.report.judgements.map { judgement in
            let found = [judgement.found, judgement.bound].map { "<td class=\"found\">\(HTML.text($0))</td>" }
            let (state, word) = (judgement.state.rawValue, Self.word(judgement.state))
            return
                "<tr><td>\(HTML.text(judgement.name))</td>\(found.joined())<td class=\"state \(state)\">\(word)</td></tr>"
        }
        guard !rows.isEmpty else { return "" }
        let names = ["Figure", "Found", "Bound", ""].map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<div class=\"wide\"><table>\n<thead><tr>\(names)</tr></thead>\n<tbody>\n"
            + rows.joined(separator: "\n") + "\n</tbody></table></div>"
    }

    private static func word(_ state: Judgement.State) -> String {
        switch state {
        case .kept: "✓ kept"
        case .broken: "✗ broken"
        case .open: "– not judged"
        }
    }

    private static func terms(_ pairs: [(String, String)]) -> String {
        "<dl>\n" + pairs.map { "<div><dt>\($0)</dt><dd>\(HTML.text($1))</dd></div>\n" }.joined() + "</dl>"
    }
}

extension HTMLReport {
    private var losses: String {
        let losses = self.report.losses
        guard losses.count > 0 else { return "" }
        let rest = losses.count - losses.first.count
        let note = rest > 0 ? "<p class=\"note\">\(Figure.number(rest)) more aren't listed.</p>" : ""
        return "<p>\(HTML.text(losses.kinds))</p>" + HTML.list(losses.first, class: "complaints") + note
    }

    private var findings: String {
        HTML.table(
            ["Finding", "First", "Last", "Times"],
            rows: self.report.findings.findings.map {
                [$0.text, Figure.clock($0.firstSecond), Figure.clock($0.lastSecond), Figure.number($0.times)]
            }
        )
    }

    private var latency: String {
        let latency = self.report.latency
        let kinds = latency.byFault.sorted { $0.key < $1.key }.map { kind, times in
            ("after \(kind)\(kind == FaultKind.someSessions.rawValue ? " (the others)" : "")", times)
        }
        let struck = ("sessions that failed, themselves", latency.struck)
        let rows = [("whole run", latency.whole), ("without a fault", latency.quiet)] + kinds + [struck]
        return HTML.table(
            ["Interval", "p50", "p99", "p99.9", "max", "Messages"],
            rows: rows.map { [$0] + Self.times($1, [\.p50, \.p99, \.p999, \.max]) + [Figure.number($1.count)] }
        )
    }

    private var faults: String {
        let faults = self.report.faults
        let recoveries = faults.recoveryTimes
        let rows = faults.byKind.sorted { $0.key < $1.key }.map { kind, count in
            [kind, Figure.number(count)]
                + Self.times(self.report.latency.byFault[kind] ?? .none, [\.p50, \.p99, \.max])
                + Self.times(recoveries[kind] ?? .none, [\.p50, \.max])
        }
        let head = ["Fault", "Times", "Latency after it, p50", "p99", "max", "Ready again, p50", "max"]
        return HTML.table(head, rows: rows) + self.faultList
    }

    private var faultList: String {
        let faults = self.report.faults
        guard faults.count > 0 else { return "" }
        let rows = faults.list.map {
            [Figure.clock($0.at), $0.description, Figure.milliseconds($0.recoveredAfterMs)]
        }
        let leftOut = faults.leftOut > 0 ? ", \(Figure.number(faults.leftOut)) in the middle left out" : ""
        let table = HTML.table(["At", "Fault", "Ready again after"], words: 2, rows: rows)
        return "<details><summary>All \(Figure.number(faults.count)) in order\(leftOut)</summary>\(table)</details>"
    }

    private var restarts: String {
        let restarts = self.report.restarts
        let rows = restarts.children.sorted { $0.key < $1.key }.map { child, times in
            [child, Figure.number(times.count), Figure.number(times.silences)]
                + Self.times(times.whole, [\.p50, \.p99, \.max]) + Self.times(times.own, [\.p99])
        }
        let capture = Self.times(restarts.capture, [\.p50, \.p99, \.max]).joined(separator: ", ")
        let note =
            "Without the pause: less what the supervisor waits on purpose. Sessions restarted: "
            + "\(Figure.number(restarts.sessions)); closed with 1011: \(Figure.number(restarts.evictions)). "
            + "Capture reconnected \(Figure.count(restarts.capture.count, "time", "times"))"
            + (restarts.capture.count > 0 ? " (p50, p99, max: \(capture))." : ".")
        let head = ["Child", "Restarts", "Silent", "p50", "p99", "max", "p99 without the pause"]
        return HTML.table(head, rows: rows) + "<p class=\"note\">\(HTML.text(note))</p>"
    }

    private var counts: String {
        let counts = self.report.counts
        let leaves = counts.leaves.sorted { $0.key < $1.key }.map { "\(Figure.number($0.value)) \($0.key)" }
        let memory = self.report.memory
        return Self.terms([
            ("Changes committed", Figure.number(counts.committedChanges)),
            ("Messages heard", Figure.number(counts.messagesHeard)),
            ("Messages a second", Figure.number(counts.messagesPerSecond)), ("Joins", Figure.number(counts.joins)),
            ("Leaves", leaves.isEmpty ? Figure.none : leaves.joined(separator: ", ")),
            ("Refusals", Figure.number(counts.refusals)),
            ("Ends that no look saw", Figure.number(counts.unobservedEnds)),
            ("Memory early on", Self.mebibytes(memory.earlyMiB)),
            ("Memory at the end", Self.mebibytes(memory.lateMiB)),
            ("Audits seen", Figure.number(self.report.objects.audits)),
        ])
    }

    private static func mebibytes(_ value: Double?) -> String {
        value.map { "\(Figure.number($0, digits: 1)) MiB" } ?? Figure.none
    }

    private static func times(_ summary: LatencySummary, _ figures: [KeyPath<LatencySummary, Double>]) -> [String] {
        figures.map { summary.count > 0 ? Figure.milliseconds(summary[keyPath: $0]) : Figure.none }
    }
}
