import Foundation

@testable import BrainBench

/// A run in which all is well, but for some figures under fan's names.
func sampleResult(_ figures: [String: Double] = [:]) throws -> FanResult {
    let zeros = [
        "connections", "failed", "closed_by_peer", "connects_per_s", "messages", "msgs_per_s", "missing", "gaps",
        "dups", "lat_samples", "p50_us", "p99_us", "server_us_per_msg", "server_busy", "own_busy", "kib_per_conn",
        "rss_end_kib", "seconds", "other_cpu_s",
    ]
    let all = Dictionary(uniqueKeysWithValues: zeros.map { ($0, 0.0) }).merging(figures) { $1 }
    return try FanResult.parse(String(decoding: JSONEncoder().encode(all), as: UTF8.self))
}

/// The same of a trial in a round.
func sample(
    _ trial: Trial,
    round: Int = 0,
    _ figures: [String: Double] = [:],
    fullSockets: Int? = nil
) throws -> FanSample {
    FanSample(
        trial: trial,
        round: round,
        plan: trial.load.plan(seconds: 3),
        result: try sampleResult(figures),
        fullSockets: fullSockets
    )
}

/// A row by its name.
func row(_ name: String) -> CompareRow? {
    CompareRow.all.first { $0.name == name }
}

/// Thresholds of one row.
func thresholds(_ name: String, _ kind: Threshold.Kind, _ bound: Double) throws -> Thresholds {
    let list = [Threshold(name: name, kind: kind, bound: bound)]
    return try Thresholds(parsing: JSONEncoder().encode(list))
}
