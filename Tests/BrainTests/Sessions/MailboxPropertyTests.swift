import NIOCore
import Runs
import Testing
import WebSocket

@testable import Brain

/// Both mailboxes under the same random events, with what has gone in and come out.
private struct MailboxRun {
    private(set) var random: Seeded
    private(set) var mailbox: Mailbox
    private(set) var model: ModelMailbox
    /// The frames that were taken in.
    private(set) var taken: [BroadcastFrame] = []
    /// What came out, in words.
    private(set) var sent: [String] = []
    private(set) var conflated = 0
    /// Updates that a snapshot took the place of, and frames of snapshots.
    private(set) var superseded = 0
    private(set) var snapshots = 0
    private var batch: [BroadcastFrame] = []
    private let now = ContinuousClock.now

    init(seed: UInt64) {
        self.random = Seeded(seed: seed)
        let limit = MailboxLimit(
            runs: .random(in: 1...12, using: &self.random),
            bytes: .random(in: 60...400, using: &self.random)
        )
        self.mailbox = Mailbox(limit: limit, awaitsSnapshot: .random(using: &self.random))
        self.model = ModelMailbox(limit: limit)
    }

    mutating func step() {
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<8: self.offerBatch()
        case 8..<10: self.offerAgain()
        case 10: self.begin()
        case 11: self.skip()
        default: self.send(terminalsOnly: .random(using: &self.random))
        }
        self.compare()
    }

    mutating func finish() {
        self.begin()
        while !self.model.isEmpty { self.send(terminalsOnly: false) }
        #expect(self.mailbox.next() == nil)
        self.compare()
    }

    private func compare() {
        #expect(self.mailbox.count == self.model.waiting.count)
        #expect(self.mailbox.isEmpty == self.model.isEmpty)
        #expect(self.mailbox.byteCount == self.model.byteCount)
        #expect(self.mailbox.isBalanced)
        #expect(self.mailbox.count <= self.model.limit.runs && self.mailbox.byteCount <= self.model.limit.bytes)
        #expect(Set(self.model.updates.map(\.run)).count == self.model.updates.count)
    }

    private mutating func offerBatch() {
        self.batch = (0..<Int.random(in: 1...4, using: &self.random)).map { offset in
            BroadcastFrame(
                self.model.lastNumber + UInt64(2 * offset) + .random(in: 1...2, using: &self.random),
                run: "r\(Int.random(in: 0..<5, using: &self.random))",
                isTerminal: .random(in: 0..<4, using: &self.random) == 0,
                padding: .random(in: 0..<30, using: &self.random)
            )
        }
        for frame in self.batch { self.offer(frame) }
    }

    /// As after a crash: all of a batch, whatever became of it.
    private mutating func offerAgain() {
        for frame in self.batch { self.offer(frame) }
    }

    private mutating func offer(_ frame: BroadcastFrame) {
        let outcome = self.mailbox.offer(frame, now: self.now)
        #expect(outcome == self.model.offer(frame))
        if outcome == .queued || outcome == .conflated { self.taken.append(frame) }
        if outcome == .conflated { self.conflated += 1 }
    }

    /// Says of each run whose last frame is an update what that said.
    private mutating func begin() {
        let newest = Dictionary(grouping: self.taken, by: \.run).compactMapValues(\.last)
        let active = newest.values.filter { !$0.isTerminal }.sorted { $0.number < $1.number }
        let frames = active.map { PreparedFrame.text(Array("\($0.run.text) active \($0.number)".utf8)).buffer }
        self.superseded += self.model.updates.count + self.model.preface.count { $0.words.contains("active") }
        self.snapshots += frames.count
        self.mailbox.begin(with: frames)
        self.model.begin(with: frames)
    }

    private mutating func skip() {
        guard self.model.isEmpty else { return }
        let number = UInt64.random(in: 0...(self.model.lastNumber + 3), using: &self.random)
        self.mailbox.skipped(through: number)
        self.model.lastNumber = max(self.model.lastNumber, number)
    }

    private mutating func send(terminalsOnly: Bool) {
        let isUpdate = self.mailbox.nextKind == .update
        let expected = self.mailbox.awaitsSnapshot ? nil : self.model.next(terminalsOnly: terminalsOnly)
        let bytes = terminalsOnly ? self.mailbox.nextUnlessUpdate() : self.mailbox.next()
        #expect(bytes == expected)
        if let bytes { self.sent.append(bytes.words) }
        #expect(bytes == nil || isUpdate == bytes?.words.contains("update"))
    }
}

@Suite struct MailboxPropertyTests {
    private struct Sent {
        let run: String
        let kind: Substring
        let number: UInt64

        init?(_ words: String) {
            let parts = words.split(separator: " ")
            guard parts.count == 3, let number = UInt64(parts[2].prefix { $0 != "." }) else { return nil }
            (self.run, self.kind, self.number) = (String(parts[0]), parts[1], number)
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `keeps each run's order, every terminal message and its bounds, whatever comes`(seed: UInt64) throws {
        var run = MailboxRun(seed: seed)
        for _ in 0..<200 { run.step() }
        run.finish()
        let sent = try run.sent.map { try #require(Sent($0)) }
        self.checkOrder(sent)
        let ends = run.taken.filter(\.isTerminal).map(\.number)
        #expect(sent.filter { $0.kind == "end" }.map(\.number).sorted() == ends)
        let newest = Dictionary(grouping: run.taken, by: \.run.text).mapValues { $0.last?.number }
        #expect(Dictionary(grouping: sent, by: \.run).mapValues { $0.last?.number } == newest)
        #expect(run.taken.count + run.snapshots == sent.count + run.conflated + run.superseded)
    }

    /// A snapshot may say once more what an update has said.
    private func checkOrder(_ sent: [Sent]) {
        for frames in Dictionary(grouping: sent, by: \.run).values {
            let numbers = frames.map(\.number)
            #expect(numbers == numbers.sorted())
            let once = frames.filter { $0.kind != "active" }.map(\.number)
            #expect(Set(once).count == once.count)
        }
    }
}
