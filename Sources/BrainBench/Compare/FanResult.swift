import Foundation

/// What `fan` found in one run, under its own names.
struct FanResult: Codable, Equatable, Sendable {
    let connections: Int
    let failed: Int
    let closedByPeer: Int
    let connectsPerSecond: Double
    let messages: Int
    let messagesPerSecond: Double
    /// Published and not received; below zero where a client was lost in the middle.
    let missing: Int
    let gaps: Int
    let duplicates: Int
    let latencySamples: Int
    let p50Microseconds: Double
    let p99Microseconds: Double
    /// The server's processor time for each message that a client got.
    let serverMicrosecondsPerMessage: Double
    /// Of one core.
    let serverBusy: Double
    let clientBusy: Double
    let kibibytesPerConnection: Double
    let residentKibibytesAtTheEnd: Double
    let seconds: Double
    /// What neither the server nor the load generator nor the kernel for them took of all cores.
    let othersProcessorSeconds: Double

    /// Of one core.
    var othersBusy: Double { self.othersProcessorSeconds / self.seconds }

    enum CodingKeys: String, CodingKey {
        case connections, failed, messages, missing, gaps, seconds
        case closedByPeer = "closed_by_peer"
        case connectsPerSecond = "connects_per_s"
        case messagesPerSecond = "msgs_per_s"
        case duplicates = "dups"
        case latencySamples = "lat_samples"
        case p50Microseconds = "p50_us"
        case p99Microseconds = "p99_us"
        case serverMicrosecondsPerMessage = "server_us_per_msg"
        case serverBusy = "server_busy"
        case clientBusy = "own_busy"
        case kibibytesPerConnection = "kib_per_conn"
        case residentKibibytesAtTheEnd = "rss_end_kib"
        case othersProcessorSeconds = "other_cpu_s"
    }

    /// Reads the line that `fan` prints.
    ///
    /// - Parameter line: one JSON object.
    /// - Returns: the figures in it.
    /// - Throws: where one isn't there, such as the server's without `--pid`.
    static func parse(_ line: String) throws(BenchError) -> FanResult {
        do {
            return try JSONDecoder().decode(FanResult.self, from: Data(line.utf8))
        } catch {
            throw .notUnderstood(program: "fan", said: line)
        }
    }
}

/// One run of one trial.
struct FanSample: Encodable, Sendable {
    let trial: Trial
    /// From 0.
    let round: Int
    let plan: FanPlan
    let result: FanResult
    /// Clients whose socket took nothing more at the end, as the server's side has it; nil where none was to stall.
    let fullSockets: Int?

    /// Why nothing follows from the figures: something was lost, came twice or wasn't there.
    var defects: [String] {
        let counts = [
            (self.result.missing, "messages missing"), (self.result.gaps, "gaps"),
            (self.result.duplicates, "messages twice or out of order"), (self.result.failed, "connects failed"),
            (self.closedByMistake, "clients closed by the server"), (self.notStalled, "clients that didn't stall"),
        ]
        return counts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)" }
    }

    /// A client that stalls may be closed.
    private var closedByMistake: Int { max(0, self.result.closedByPeer - self.plan.stalled) }

    private var notStalled: Int { max(0, self.plan.stalled - (self.fullSockets ?? 0)) }

    enum CodingKeys: CodingKey {
        case trial, round, result, fullSockets
    }
}
