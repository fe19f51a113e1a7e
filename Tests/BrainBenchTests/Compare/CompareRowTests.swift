import Testing

@testable import BrainBench

struct CompareRowTests {
    @Test func `a ratio is taken between the two of one round, not between medians`() throws {
        let samples = try [(1.0, 1.0), (20, 10), (3, 30)].enumerated().flatMap { round, figures in
            [
                try sample(.init(.paced1000, .brain), round: round, ["server_us_per_msg": figures.0]),
                try sample(.init(.paced1000, .each), round: round, ["server_us_per_msg": figures.1]),
            ]
        }
        #expect(try #require(row("cpu-1000")).values(in: samples) == [1, 2, 0.1])
    }

    @Test func `a round in which one side is missing has no ratio`() throws {
        let samples = [
            try sample(.init(.paced1000, .each), round: 0, ["p99_us": 4]),
            try sample(.init(.paced1000, .brain), round: 1, ["p99_us": 6]),
            try sample(.init(.paced1000, .each), round: 1, ["p99_us": 3]),
            try sample(.init(.paced1000, .brain), round: 2, ["p99_us": 5]),
        ]
        #expect(try #require(row("latency-p99")).values(in: samples) == [2])
    }

    @Test func `runs under another load or of another server don't count`() throws {
        let samples = [
            try sample(.init(.flood1000, .brain), ["msgs_per_s": 8]),
            try sample(.init(.flood1000, .each), ["msgs_per_s": 2]),
            try sample(.init(.flood1000, .batch), ["msgs_per_s": 100]),
            try sample(.init(.flood10000, .brain), ["msgs_per_s": 100]),
        ]
        #expect(try #require(row("throughput-1000")).values(in: samples) == [4])
    }

    @Test func `idle memory stands alone, and memory beside stalled clients is a difference in MiB`() throws {
        let samples = [
            try sample(.init(.idle, .brain), ["kib_per_conn": 5]),
            try sample(.init(.calm, .brain), ["rss_end_kib": 10 * 1024]),
            try sample(.init(.stalled, .brain), ["rss_end_kib": 12 * 1024]),
        ]
        #expect(try #require(row("memory-idle")).values(in: samples) == [5])
        #expect(try #require(row("stalled-memory")).values(in: samples) == [2])
    }

    @Test(arguments: CompareRow.all.map(\.name))
    func `a cell runs all that its rows are made of`(name: String) throws {
        let line = try #require(row(name))
        let trials = CompareCell.heats(of: [line.cell]).flatMap { $0.trials(Contestant.allCases) }
        #expect(trials.contains(line.of))
        #expect(line.against.map(trials.contains) ?? true)
    }
}

struct HeatTests {
    @Test func `cells with the same runs have them once`() {
        let heats = CompareCell.heats(of: [.latency, .cpu, .connects, .memory])
        #expect(heats == [.idle, .paced1000, .paced5000])
    }

    @Test func `each server is first in a round, and all have their turn in each`() {
        let trials = Heat.paced1000.trials(Contestant.allCases)
        let rounds = (0..<4).map { Heat.rotated(trials, round: $0) }
        #expect(Set(rounds.compactMap(\.first)) == Set(trials))
        #expect(rounds.allSatisfy { Set($0) == Set(trials) && $0.count == trials.count })
    }

    @Test func `who isn't there has no turn`() {
        #expect(Heat.idle.trials([.brain, .each]).map(\.contestant) == [.brain, .each])
    }
}
