import NIOCore
import Runs

@testable import Brain

/// A mailbox as simple as can be: lists that are searched.
struct ModelMailbox {
    let limit: MailboxLimit
    var lastNumber: UInt64 = 0
    /// What goes first, outside the limit.
    var preface: [ByteBuffer] = []
    var terminals: [BroadcastFrame] = []
    var updates: [BroadcastFrame] = []

    var waiting: [BroadcastFrame] { self.terminals + self.updates }

    var isEmpty: Bool { self.preface.isEmpty && self.waiting.isEmpty }

    var byteCount: Int { self.waiting.reduce(0) { $0 + $1.bytes.readableBytes } }

    mutating func offer(_ frame: BroadcastFrame) -> Mailbox.Outcome {
        guard frame.number > self.lastNumber else { return .duplicate }
        var next = self
        let place = self.updates.firstIndex { $0.run == frame.run }
        next.take(frame, replacing: place)
        guard next.waiting.count <= self.limit.runs, next.byteCount <= self.limit.bytes else { return .full }
        self = next
        return place == nil ? .queued : .conflated
    }

    private mutating func take(_ frame: BroadcastFrame, replacing place: Int?) {
        self.lastNumber = frame.number
        if frame.isTerminal {
            place.map { _ = self.updates.remove(at: $0) }
            self.terminals.append(frame)
        } else if let place {
            self.updates[place] = frame
        } else {
            self.updates.append(frame)
        }
    }

    mutating func next(terminalsOnly: Bool) -> ByteBuffer? {
        if !self.preface.isEmpty { return self.preface.removeFirst() }
        if !self.terminals.isEmpty { return self.terminals.removeFirst().bytes }
        return terminalsOnly || self.updates.isEmpty ? nil : self.updates.removeFirst().bytes
    }

    mutating func begin(with snapshot: [ByteBuffer]) {
        let terminals = self.terminals.map(\.bytes)
        self.preface = self.preface.filter { $0.words.contains("end") } + terminals + snapshot
        self.terminals = []
        self.updates = []
    }
}
