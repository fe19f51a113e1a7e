import Runs
import WebSocket

@testable import Brain

/// All that was done to the runs of a ledger: each change is a state that no other has.
struct WireHistory {
    struct Change {
        let number: Int
        let run: Int
        let isTerminal: Bool
    }

    /// How a message ends: its timestamp is of this length.
    static let tail = #","timestamp":"2026-02-06T01:30:15.123Z"}"#

    private(set) var changes: [Change] = []
    /// A message without its timestamp, and the number of its change.
    private var numbers: [[UInt8]: Int] = [:]
    private var ends: [Int] = []

    var count: Int { self.changes.count }

    /// Changes a run in the ledger.
    mutating func change(_ run: Int, _ status: String, padding: Int, in ledger: LedgerRoom) {
        let error = padding > 0 ? String(repeating: "x", count: padding) : nil
        let row = RunRow(id: "r\(run)", status: status, progress: "\(self.count)", error: error)
        guard let state = RunState(row) else { return }
        self.numbers[Array(RunMessage.text(state, timestamp: 0).dropLast(Self.tail.utf8.count))] = self.count
        let isTerminal = state.status.isTerminal
        if isTerminal { self.ends.append(self.count) }
        self.changes.append(Change(number: self.count, run: run, isTerminal: isTerminal))
        _ = ledger.withLedger { $0.observed(row, now: .now) }
    }

    /// The change that a message tells of; nil for a message that was never made.
    func change(toldBy message: [UInt8]) -> Change? {
        let tail = message.suffix(Self.tail.utf8.count)
        let model = Self.tail.utf8
        guard tail.starts(with: model.prefix(16)), tail.suffix(3).elementsEqual(model.suffix(3)) else { return nil }
        return self.numbers[Array(message.dropLast(Self.tail.utf8.count))].map { self.changes[$0] }
    }

    /// The terminal changes from a number on.
    func ends(from number: Int) -> Set<Int> {
        Set(self.ends.filter { $0 >= number })
    }

    /// The last change of each run that was changed from a number on.
    func last(from number: Int) -> [Int: Int] {
        self.changes.dropFirst(number).reduce(into: [:]) { $0[$1.run] = $1.number }
    }
}
