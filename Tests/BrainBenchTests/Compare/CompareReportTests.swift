import Foundation
import Testing

@testable import BrainBench

struct CompareReportTests {
    @Test func `a kept threshold passes`() throws {
        let report = report(.growth, try grown(by: 1.2), try thresholds("growth", .atMost, 1.3))
        #expect(report.isPassed)
        #expect(report.rows.map(\.verdict) == [.pass])
        #expect(report.lines.last == "passed")
    }

    @Test func `a missed threshold fails`() throws {
        let report = report(.growth, try grown(by: 1.4), try thresholds("growth", .atMost, 1.3))
        #expect(!report.isPassed)
        #expect(report.rows.map(\.verdict) == [.fail])
        #expect(report.lines.last == "FAILED: growth")
    }

    @Test func `the median of the rounds is what is held against the threshold`() throws {
        let samples = try grown(by: 9, round: 0) + grown(by: 1, round: 1) + grown(by: 1.1, round: 2)
        #expect(report(.growth, samples, try thresholds("growth", .atMost, 1.3)).isPassed)
    }

    @Test(arguments: [Contestant.brain, .ws])
    func `a lost message fails, whoever lost it, and is named`(contestant: Contestant) throws {
        let lost = try sample(.init(.flood1000, contestant), round: 2, ["missing": 1])
        let report = report(.growth, try grown(by: 1) + [lost], try thresholds("growth", .atMost, 1.3))
        #expect(!report.isPassed)
        let name = "flood-1000, \(contestant.rawValue), round 3: 1 messages missing"
        #expect(report.defects == [name])
        #expect(report.lines.contains { $0.contains(name) })
    }

    @Test func `without ws its row isn't measured, which is no failure`() throws {
        let samples = [try sample(.init(.idle, .brain), ["connects_per_s": 9000])]
        let report = report(.connects, samples, try thresholds("connects", .atLeast, 1.2))
        #expect(report.rows.map(\.verdict) == [.notMeasured])
        #expect(report.isPassed)
    }

    @Test func `without thresholds there is no verdict of a row`() throws {
        let report = report(.growth, try grown(by: 1.4), .none)
        #expect(report.rows.map(\.verdict) == [.noBound])
        #expect(report.isPassed)
    }

    @Test func `only the cells that were asked for have rows`() throws {
        #expect(report(.stalled, [], .none).rows.map(\.name) == ["stalled-p99", "stalled-memory"])
    }

    @Test func `fewer clients than were wanted are told`() throws {
        let trial = Trial(.many, .brain)
        let plan = trial.load.plan(seconds: 3).limited(toClients: 960)
        let few = FanSample(trial: trial, round: 0, plan: plan, result: try sampleResult(), fullSockets: nil)
        #expect(report(.growth, [few], .none).remarks.contains { $0.contains("paced-9000 had only 960 clients") })
        #expect(report(.growth, try grown(by: 1), .none).remarks.isEmpty)
    }

    @Test func `the JSON has the verdict of each row and every run`() throws {
        let report = report(.growth, try grown(by: 1.4), try thresholds("growth", .atMost, 1.3))
        let text = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        #expect(text.contains(#""verdict":"FAIL""#) && text.contains(#""isPassed":false"#))
        #expect(text.components(separatedBy: #""server_us_per_msg""#).count == 3)
    }

    private func grown(by factor: Double, round: Int = 0) throws -> [FanSample] {
        [
            try sample(.init(.few, .brain), round: round, ["server_us_per_msg": 10]),
            try sample(.init(.many, .brain), round: round, ["server_us_per_msg": 10 * factor]),
        ]
    }

    private func report(_ cell: CompareCell, _ samples: [FanSample], _ thresholds: Thresholds) -> CompareReport {
        let setting = CompareSetting(machine: .now(), rounds: 1, seconds: 3, remarks: [])
        return CompareReport(setting, [cell], samples, thresholds)
    }
}
