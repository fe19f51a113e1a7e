import NIOCore
import Runs
import Testing

@testable import Brain

/// A mailbox as simple as can be: a list that is searched.
private struct ModelMailbox {
    let limit: MailboxLimit
    var waiting: [BroadcastFrame] = []
    var lastNumber: UInt64 = 0

    var byteCount: Int { self.waiting.reduce(0) { $0 + $1.bytes.readableBytes } }

    mutating func offer(_ frame: BroadcastFrame) -> Mailbox.Outcome {
        guard frame.number > self.lastNumber else { return .duplicate }
        var next = self.waiting
        let place = next.firstIndex { $0.run == frame.run && !$0.isTerminal }
        if let place { next[place] = frame } else { next.append(frame) }
        let bytes = next.reduce(0) { $0 + $1.bytes.readableBytes }
        guard next.count <= self.limit.runs, bytes <= self.limit.bytes else { return .full }
        self.waiting = next
        self.lastNumber = frame.number
        return place == nil ? .queued : .conflated
    }
}

/// Both mailboxes under the same random events, with what has gone in and come out.
private struct MailboxRun {
    var random: Seeded
    var mailbox: Mailbox
    var model: ModelMailbox
    var number: UInt64 = 0
    var taken: [BroadcastFrame] = []
    var sent: [BroadcastFrame] = []
    private let now = ContinuousClock.now

    init(seed: UInt64) {
        self.random = Seeded(seed: seed)
        let limit = MailboxLimit(
            runs: .random(in: 1...12, using: &self.random),
            bytes: .random(in: 60...400, using: &self.random)
        )
        self.mailbox = Mailbox(limit: limit)
        self.model = ModelMailbox(limit: limit)
    }

    mutating func step() {
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<6: self.offer(self.number + .random(in: 1...3, using: &self.random))
        case 6: self.offer(.random(in: 0...self.number, using: &self.random))
        default: self.send()
        }
        #expect(self.mailbox.count == self.model.waiting.count)
        #expect(self.mailbox.byteCount == self.model.byteCount)
        #expect(self.mailbox.isBalanced)
        #expect(self.mailbox.count <= self.model.limit.runs && self.mailbox.byteCount <= self.model.limit.bytes)
    }

    mutating func finish() {
        while !self.model.waiting.isEmpty { self.send() }
        #expect(self.mailbox.next() == nil)
        #expect(self.mailbox.byteCount == 0)
    }

    private mutating func offer(_ number: UInt64) {
        let frame = BroadcastFrame(
            number,
            run: "r\(Int.random(in: 0..<5, using: &self.random))",
            isTerminal: .random(in: 0..<4, using: &self.random) == 0,
            padding: .random(in: 0..<30, using: &self.random)
        )
        let outcome = self.mailbox.offer(frame, now: self.now)
        #expect(outcome == self.model.offer(frame))
        self.number = max(self.number, self.model.lastNumber)
        if outcome == .queued || outcome == .conflated { self.taken.append(frame) }
    }

    private mutating func send() {
        let expected = self.model.waiting.isEmpty ? nil : self.model.waiting.removeFirst()
        #expect(self.mailbox.next() == expected?.bytes)
        if let expected { self.sent.append(expected) }
    }
}

@Suite struct MailboxPropertyTests {
    @Test(arguments: UInt64(0)..<200)
    func `keeps each run's order, every terminal message and its bounds, whatever comes`(seed: UInt64) {
        var run = MailboxRun(seed: seed)
        for _ in 0..<200 { run.step() }
        run.finish()
        for frames in Dictionary(grouping: run.sent, by: \.run).values {
            let numbers = frames.map(\.number)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        }
        let ends = run.taken.filter(\.isTerminal).map(\.number)
        #expect(run.sent.filter(\.isTerminal).map(\.number).sorted() == ends)
        let newest = Dictionary(grouping: run.taken, by: \.run).mapValues { $0.last?.number }
        #expect(Dictionary(grouping: run.sent, by: \.run).mapValues { $0.last?.number } == newest)
    }
}
