import NIOCore
import NIOWebSocket

@testable import Brain

/// A client of a random world, with what it is owed.
struct WireListener {
    let client: WireClient
    /// Changes from this number on are owed to it.
    let owedFrom: Int
    /// Changes below this number had all gone out before it came.
    let goneBelow: Int
    let awaitsSnapshot: Bool
    /// How often its session may still crash.
    var crashes = 3

    /// Whether a close frame has come.
    var isClosed: Bool {
        self.client.inbox.frames.contains { if case .close = $0 { true } else { false } }
    }

    /// Messages of runs, and the end of a snapshot.
    var texts: [[UInt8]] {
        self.client.inbox.frames.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// What is wrong with what it got, whenever it stopped reading.
    func faults(by history: WireHistory) -> [String] {
        var account = Account(of: self)
        for frame in self.client.inbox.frames { account.take(frame, by: history) }
        return account.faults
    }

    /// What is missing in what it got, once it has read everything.
    func missing(by history: WireHistory) -> [String] {
        var account = Account(of: self)
        for frame in self.client.inbox.frames { account.take(frame, by: history) }
        var missing: [String] = []
        let ends = history.ends(from: self.owedFrom).subtracting(account.seen)
        if !ends.isEmpty { missing.append("\(self.client.id): no terminal messages \(ends.sorted())") }
        for (run, number) in history.last(from: self.owedFrom) where account.lastOfRun[run] != number {
            missing.append("\(self.client.id): r\(run) ends at \(account.lastOfRun[run] ?? -1), not \(number)")
        }
        if self.awaitsSnapshot, account.snapshot == nil { missing.append("\(self.client.id): no snapshot") }
        if self.client.inbox.rest > 0 { missing.append("\(self.client.id): a frame that isn't whole") }
        return missing
    }
}

/// Goes through the frames of a client.
private struct Account {
    private let listener: WireListener
    private(set) var faults: [String] = []
    private(set) var seen: Set<Int> = []
    private(set) var lastOfRun: [Int: Int] = [:]
    /// The number of runs that the snapshot's end names.
    private(set) var snapshot: Int?
    private var inSnapshot: Set<Int> = []
    private var isClosed = false

    init(of listener: WireListener) {
        self.listener = listener
    }

    mutating func take(_ frame: WireFrame, by history: WireHistory) {
        switch frame {
        case .text(let text):
            if self.isClosed { self.faults.append("\(self.listener.client.id): \(frame.gist) after the close frame") }
            self.take(text, by: history)
        case .close: self.isClosed = true
        case .torn: self.faults.append("\(self.listener.client.id): torn bytes")
        case .ping, .pong: break
        }
    }

    private mutating func take(_ text: [UInt8], by history: WireHistory) {
        if let change = history.change(toldBy: text) {
            self.take(change)
        } else if let runs = Self.runs(ofSnapshotEnd: text), self.isBeforeSnapshot, runs == self.inSnapshot.count {
            self.snapshot = runs
        } else {
            self.faults.append("\(self.listener.client.id): never made: \(WireFrame.text(text).gist)")
        }
    }

    private var isBeforeSnapshot: Bool { self.listener.awaitsSnapshot && self.snapshot == nil }

    private mutating func take(_ change: WireHistory.Change) {
        let last = self.lastOfRun[change.run] ?? -1
        // An update that was held back comes in the snapshot and once more.
        let isRepeated = last == change.number && self.inSnapshot.remove(change.number) != nil && !self.isBeforeSnapshot
        if last >= change.number, !isRepeated { self.fault("told after \(last)", of: change) }
        if change.number < self.listener.goneBelow, !isRepeated, change.isTerminal || !self.isBeforeSnapshot {
            self.fault("that was gone before it came", of: change)
        }
        if self.isBeforeSnapshot, !change.isTerminal { self.inSnapshot.insert(change.number) }
        self.lastOfRun[change.run] = change.number
        self.seen.insert(change.number)
    }

    private mutating func fault(_ what: String, of change: WireHistory.Change) {
        self.faults.append("\(self.listener.client.id): change \(change.number) of r\(change.run) \(what)")
    }

    private static func runs(ofSnapshotEnd text: [UInt8]) -> Int? {
        let head = #"{"type":"snapshot_end","data":{"runs":"#.utf8
        guard text.starts(with: head) else { return nil }
        return Int(String(decoding: text.dropFirst(head.count).prefix { $0 != UInt8(ascii: "}") }, as: UTF8.self))
    }
}

// MARK: What a client sends
extension WireClient {
    func send(_ opcode: WebSocketOpcode, _ payload: [UInt8] = []) {
        let key: WebSocketMaskingKey = [1, 2, 3, 4]
        var data = ByteBuffer(bytes: payload)
        data.webSocketMask(key)
        let head = [0x80 | UInt8(webSocketOpcode: opcode), 0x80 | UInt8(payload.count)]
        self.wire.write(head + Array(key) + Array(data.readableBytesView))
    }
}
