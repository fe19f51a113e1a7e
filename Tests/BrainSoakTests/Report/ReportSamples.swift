import Foundation

@testable import BrainSoak

extension SoakReport {
    /// A run of 30 minutes with nothing wrong, in a release build.
    static func good(
        ranSeconds: Int = 1800,
        build: SoakBuild = .release,
        mayExhaustSession: Bool = false
    ) -> SoakReport {
        let start = Date(timeIntervalSince1970: 1_770_341_400)
        var report = SoakReport(setup: .sample(build: build, mayExhaustSession: mayExhaustSession), startedAt: start)
        report.endedAt = start + Double(ranSeconds)
        report.ranSeconds = ranSeconds
        report.counts.committedChanges = 200 * ranSeconds
        report.memory = MemorySummary(earlyMiB: 60, lateMiB: 61)
        report.descriptors = DescriptorFigures(beforeClients: 30, afterClients: 30)
        report.objects.sessions = 0
        report.objects.audits = ranSeconds / 5
        report.presence.add(899, of: 900)
        report.restarts.ordered["broadcaster"] = OrderedFailures(thrown: 3)
        report.restarts.children["broadcaster"] = .sample(ownP99: 4)
        report.restarts.children["broadcaster"]?.planted = 3
        return report
    }

    /// The same with the verdict of these rules.
    func judged(_ rules: VerdictRules = VerdictRules()) -> SoakReport {
        var report = self
        report.judge(rules)
        return report
    }
}

extension SoakSetup {
    static func sample(build: SoakBuild = .release, mayExhaustSession: Bool = false) -> SoakSetup {
        SoakSetup(
            seed: 7,
            minutes: 30,
            clients: ["steady": 900, "slow": 100],
            changesPerSecond: 200,
            runs: 1000,
            faultIntervalSeconds: 10,
            faults: FaultKind.allCases,
            requestedCapture: "auto",
            capture: "wal",
            mayExhaustSession: mayExhaustSession,
            build: build,
            machine: SoakMachine(cores: 2, load: "0.18 1.33 3.17", postgres: "17.6")
        )
    }
}

extension ChildRestarts {
    static func sample(count: Int = 3, ownP99: Double) -> ChildRestarts {
        let own = LatencySummary(p50: ownP99, p99: ownP99, p999: ownP99, max: ownP99, count: count)
        return ChildRestarts(count: count, planted: 0, silences: 0, whole: own, own: own)
    }
}
