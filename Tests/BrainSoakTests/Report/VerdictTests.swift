import Testing

@testable import BrainSoak

struct VerdictTests {
    @Test func `a run with nothing wrong has passed`() {
        let report = SoakReport.good().judged()
        #expect(report.verdict == .passed)
        #expect(report.reasons.isEmpty)
        #expect(report.remarks.isEmpty)
        #expect(report.judgements.allSatisfy { $0.state == .kept })
    }

    @Test func `a run that is not over is running, whatever it has shown`() {
        var report = SoakReport.good()
        report.endedAt = nil
        report.losses.add(kind: "missing", "s")
        #expect(report.judged().verdict == .running)
        #expect(report.judged().reasons == ["1 loss: 1 missing."])
    }

    @Test(arguments: Wrong.all)
    fileprivate func `each thing that is wrong fails it, with its reason`(_ wrong: Wrong) {
        var report = SoakReport.good()
        wrong.make(&report)
        let judged = report.judged()
        #expect(judged.verdict == .failed)
        #expect(judged.reasons.count == 1)
        #expect(judged.reasons.first?.contains(wrong.reason) == true, "\(judged.reasons)")
    }

    @Test func `in a debug build restart times are told, not judged`() {
        var report = SoakReport.good(build: .debug)
        report.restarts.children["auditor"] = .sample(ownP99: 500)
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks == ["Restart times aren't judged: this is a debug build."])
    }

    @Test func `in a short run neither restart times nor memory are judged`() {
        var report = SoakReport.good(ranSeconds: 899)
        report.restarts.children["auditor"] = .sample(ownP99: 500)
        report.memory = MemorySummary(earlyMiB: 60, lateMiB: 90)
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks.count == 2)
    }

    @Test func `memory at its bound and descriptors within the slack are kept`() {
        var report = SoakReport.good()
        report.memory = MemorySummary(earlyMiB: 100, lateMiB: 103)
        report.descriptors = DescriptorFigures(beforeClients: 30, afterClients: 32)
        #expect(report.judged(VerdictRules(descriptorSlack: 2)).verdict == .passed)
        #expect(report.judged(VerdictRules(descriptorSlack: 1)).verdict == .failed)
    }

    @Test func `a run that was stopped is held against the time that it had`() {
        var report = SoakReport.good(ranSeconds: 1000)
        report.ending.isInterrupted = true
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks == ["Stopped before its time, after 16:40."])
    }

    @Test func `a failure that was ordered just before the run was stopped may be still to come`() {
        var report = SoakReport.good()
        report.restarts.ordered["auditor"] = OrderedFailures(thrown: 1)
        report.ending.isInterrupted = true
        #expect(report.judged().verdict == .passed)
    }

    @Test func `an order that nobody confirmed may have come twice`() {
        var report = SoakReport.good()
        report.restarts.ordered["broadcaster"] = OrderedFailures(thrown: 2, unsure: 1)
        #expect(report.judged().verdict == .passed)
        report.restarts.ordered["broadcaster"]?.unsure = 0
        #expect(report.judged().verdict == .failed)
    }

    @Test func `what was ordered may have come in lines that were dropped`() {
        var report = SoakReport.good()
        report.restarts.ordered["auditor"] = OrderedFailures(hung: 1)
        report.log.hasDroppedLines = true
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks == ["Lines of the log were dropped, and with them maybe: 1 of auditor."])
    }

    @Test func `a part without an answer is a remark of a debug build`() {
        var report = SoakReport.good(build: .debug)
        report.log.silentParts = 2
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks.contains { $0.contains("no answer for 5 s, 2 times") })
    }

    @Test func `what an audit saw for a moment is a remark`() {
        var report = SoakReport.good()
        for second in [5, 50] { report.sights.saw("a leak", at: second) }
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks == ["Audits saw what stood for no second one: a leak (2 times)."])
    }

    @Test func `what failing sessions cost the others is judged where times mean something`() {
        for (report, state) in [
            (SoakReport.good(), Judgement.State.kept), (.good(build: .debug), .open), (.good(ranSeconds: 899), .open),
        ] {
            var report = report
            report.latency.quiet = LatencySummary(p99: 20, count: 1000)
            report.latency.byFault["session"] = LatencySummary(p99: state == .kept ? 50 : 500, count: 1000)
            let judged = report.judged()
            #expect(judged.verdict == .passed)
            #expect(judged.judgements.first { $0.name.hasPrefix("Latency of the others") }?.state == state)
        }
    }

    @Test func `a short run may be on another capture until a better one is looked for`() {
        var report = SoakReport.good()
        for _ in 1...16 { report.captures.add("wal", of: "wal") }
        for _ in 1...8 { report.captures.add("notify", of: "wal") }
        #expect(report.judged().verdict == .passed)
        report.captures.add("notify", of: "wal")
        #expect(report.judged().verdict == .failed)
    }

    @Test func `a better capture than the first is as good as that`() {
        var report = SoakReport.good()
        for _ in 1...9 { report.captures.add("wal", of: "notify") }
        #expect(report.captures.same == 9 && report.judged().verdict == .passed)
    }

    @Test func `a capture that falls back again and again for a moment is none that stays there`() {
        var report = SoakReport.good()
        for _ in 1...4 {
            for _ in 1...8 { report.captures.add("poll", of: "wal") }
            report.captures.add("wal", of: "wal")
        }
        #expect(report.judged().verdict == .passed)
    }

    @Test(arguments: [(SoakBuild.debug, Verdict.Word.passed), (.release, .failed)])
    func `what a debug build said while a part of it stood still is not judged`(
        build: SoakBuild,
        verdict: Verdict.Word
    ) {
        var report = SoakReport.good(build: build)
        report.counts.steadyEnded = ["closed 4012": 1]
        report.log.silentParts = 1
        #expect(report.judged().verdict == verdict)
    }

    @Test func `what clients that stood still were told is not judged`() {
        var report = SoakReport.good()
        report.counts.steadyEnded = ["closed 4008": 1, "closed 4012": 2]
        report.presence.longestRoundSeconds = 2.5
        #expect(report.judged().verdict == .passed)
        let still = "Ended connections of steady clients aren't judged, the clients stood still for 2.5 s: "
        #expect(report.judged().remarks == [still + "1 closed 4008, 2 closed 4012."])
    }

    @Test func `a session that chance may have failed four times in a minute may be given up`() {
        var report = SoakReport.good(mayExhaustSession: true)
        report.counts.steadyEnded = ["closed 1011": 1]
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks.count == 1)
    }

    @Test func `a daemon that ended has cut everyone off, and fails the run once`() {
        var report = SoakReport.good()
        report.counts.steadyEnded = ["cut": 900]
        report.ending.daemonEnded = "exit 70"
        #expect(report.judged().reasons == ["The daemon ended by itself: exit 70."])
    }

    @Test func `memory that was not measured is a remark`() {
        var report = SoakReport.good()
        report.memory = MemorySummary()
        #expect(report.judged().verdict == .passed)
        #expect(report.judged().remarks == ["The growth of memory isn't judged: it wasn't measured."])
    }
}

/// A report's figure that fails a run, and a part of the sentence that says so.
private struct Wrong: Sendable, CustomTestStringConvertible {
    let reason: String
    let make: @Sendable (inout SoakReport) -> Void

    var testDescription: String { self.reason }

    static let all = [
        Wrong(reason: "1 loss: 1 doubled.") { $0.losses.add(kind: "doubled", "s") },
        Wrong(reason: "1 finding: a leak.") { $0.findings.saw("a leak", at: 30) },
        Wrong(reason: "auditor 100 ms") { $0.restarts.children["auditor"] = .sample(ownP99: 100) },
        Wrong(reason: "grew from 60.0 to 61.9 MiB") { $0.memory = MemorySummary(earlyMiB: 60, lateMiB: 61.9) },
        Wrong(reason: "31 descriptors") { $0.descriptors.afterClients = 31 },
        Wrong(reason: "Descriptors after the clients left: not known") { $0.descriptors.afterClients = nil },
        Wrong(reason: "still had 2 sessions") { $0.objects.sessions = 2 },
        Wrong(reason: "Sessions after the clients left: not known") { $0.objects.sessions = nil },
        Wrong(reason: "ended by itself: exit 70") { $0.ending.daemonEnded = "exit 70" },
        Wrong(reason: "Not settled at the end: client 3") { $0.ending.unsettled = "client 3" },
        Wrong(reason: "The run could not go on: no disk.") { $0.ending.brokeOff = "no disk" },
        Wrong(reason: "only 59 audits") { $0.objects.audits = 59 },
        Wrong(reason: "only 49.9 % were connected") { $0.presence.add(0, of: 900) },
        Wrong(reason: "didn't come: 1 of auditor, 2 of broadcaster") { report in
            report.restarts.ordered = [
                "auditor": OrderedFailures(hung: 1), "broadcaster": OrderedFailures(thrown: 5),
            ]
        },
        Wrong(reason: "failed unasked: 2 of acceptor.") { report in
            report.restarts.children["acceptor"] = ChildRestarts(planted: 1, silences: 1)
        },
        Wrong(reason: "failed unasked: 1 of broadcaster.") { report in
            report.restarts.ordered["broadcaster"] = OrderedFailures(thrown: 3)
            report.restarts.children["broadcaster"]?.silences = 1
        },
        Wrong(reason: "were ended: 3 closed 1012, 1 cut.") { report in
            report.counts.steadyEnded = ["closed 1012": 3, "cut": 1]
        },
        Wrong(reason: "were ended: 1 closed 1011.") { $0.counts.steadyEnded = ["closed 1011": 1] },
        Wrong(reason: "were ended: 1 closed 4012.") { $0.counts.steadyEnded = ["closed 4012": 1] },
        Wrong(reason: "were ended: 1 cut.") { report in
            report.counts.steadyEnded = ["cut": 1, "closed 4008": 1]
            report.presence.longestRoundSeconds = 2.5
        },
        Wrong(reason: "Of 3 faults planned only 1 were done") { report in
            _ = report.faults.add(FaultRecord(at: 5, kind: "kill", description: "kill a backend"))
            for _ in 1...2 { report.faults.skip() }
        },
        Wrong(reason: "hold the others up, the 99th percentile: 51.0 ms after one, 20.0 ms without") { report in
            report.latency.quiet = LatencySummary(p99: 20, count: 1000)
            report.latency.byFault["session"] = LatencySummary(p99: 51, count: 1000)
        },
        Wrong(reason: "Only 80.0 % of the samples found the capture wal, the others poll.") { report in
            for _ in 1...80 { report.captures.add("wal", of: "wal") }
            for _ in 1...20 { report.captures.add("poll", of: "wal") }
        },
        Wrong(reason: "79.9 % of the changes") { $0.counts.committedChanges = 287_640 },
    ]
}
