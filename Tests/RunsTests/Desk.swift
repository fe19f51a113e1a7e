import Foundation

@testable import Runs

/// A ledger with one shard that reads and acknowledges at once, on a clock in milliseconds that tests move.
struct Desk {
    static let timestamp: Int64 = 1_770_341_415_123

    var ledger: RunLedger
    private let start = ContinuousClock.now

    init(interval: Int = 100, limit: LedgerLimit = LedgerLimit()) {
        self.ledger = RunLedger(updateInterval: .milliseconds(interval), limit: limit)
        self.ledger.register(shard: 0)
    }

    func moment(_ milliseconds: Int) -> ContinuousClock.Instant {
        self.start.advanced(by: .milliseconds(milliseconds))
    }

    @discardableResult
    mutating func observe(_ id: String, _ status: String?, _ progress: Int? = nil, at time: Int = 0) -> Observation {
        self.ledger.observed(row(id, status, progress), now: self.moment(time))
    }

    /// Makes frames, delivers and acknowledges them, and names each as `id status progress`.
    mutating func push(at time: Int = 0) -> [String] {
        let before = self.ledger.lastNumber
        self.ledger.makeFrames(now: self.moment(time), timestamp: Self.timestamp)
        let frames = self.ledger.frames(after: before)
        self.ledger.acknowledged(shard: 0, through: self.ledger.lastNumber)
        return frames.map(brief)
    }

    /// Milliseconds after the start.
    var nextDue: Int? {
        self.ledger.nextDue.map { Int((self.start.duration(to: $0) / .milliseconds(1)).rounded()) }
    }
}

func row(_ id: String, _ status: String?, _ progress: Int? = nil) -> RunRow {
    RunRow(id: id, status: status, progress: progress.map(String.init))
}

func brief(_ frame: RunFrame) -> String {
    let data = object(frame.message)["data"] as? [String: Any] ?? [:]
    return [data["id"], data["status"], data["progress"]].compactMap { $0.map { "\($0)" } }.joined(separator: " ")
}

/// Decodes by another hand than ours; empty where it is no JSON object.
func object(_ bytes: some Sequence<UInt8>) -> [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
}
