import NIOCore
import Runs
import Testing

@testable import Brain

@Suite(.timeLimit(.minutes(5))) struct WireStormTests {
    private static let runs = 50
    private static let changes = 100_000
    private static let interval = Duration.milliseconds(100)

    @Test func `a hundred thousand changes are a few messages for each run, and end in the last state`() async throws {
        try await WireRig.broadcasting(loops: 2, updateInterval: Self.interval) { rig, broadcaster in
            var clients: [WireClient] = []
            for _ in 0..<4 { clients.append(try await rig.open()) }
            let start = ContinuousClock.now
            async let messages = Self.read(clients, in: rig)
            for number in 0..<Self.changes {
                rig.observe(number, of: Self.runs)
                if number % 100 == 0 { broadcaster.wake() }
                if number % 1000 == 0 { await Task.yield() }
            }
            broadcaster.wake()
            let read = try await messages
            // The first at once, one for each interval that has begun, and what the mark of the time itself takes.
            let atMost = Int((ContinuousClock.now - start) / Self.interval) + 2
            for gists in read { Self.expect(gists, atMost: atMost) }
        }
    }

    private static func expect(_ gists: [String], atMost: Int) {
        let byRun = Dictionary(grouping: gists) { $0.split(separator: " ")[1] }
        #expect(byRun.count == Self.runs)
        for (run, messages) in byRun {
            #expect(messages.count <= atMost)
            #expect(messages.last == "run_update \(run) \(Self.changes - Self.runs + (Int(run.dropFirst()) ?? 0))")
            let steps = messages.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(steps == steps.sorted() && Set(steps).count == steps.count)
        }
    }

    /// Until each client has the last state of every run.
    private static func read(_ clients: [WireClient], in rig: WireRig) async throws -> [[String]] {
        let last = Set((Self.changes - Self.runs)..<Self.changes)
        try await rig.until("the last state of every run") {
            for client in clients { client.read() }
            // A run may have had its last state while others still had one before theirs.
            return clients.allSatisfy {
                last.subtracting($0.inbox.frames.suffix(Self.runs * 20).compactMap(\.step)).isEmpty
            }
        }
        return clients.map { $0.inbox.frames.map(\.gist) }
    }
}

extension WireFrame {
    fileprivate var step: Int? { self.gist.split(separator: " ").last.flatMap { Int($0) } }
}

extension WireRig {
    fileprivate func observe(_ number: Int, of runs: Int) {
        let row = RunRow(id: "r\(number % runs)", status: "running", progress: "\(number)")
        _ = self.ledger.withLedger { $0.observed(row, now: .now) }
    }
}
