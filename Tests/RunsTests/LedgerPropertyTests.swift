import Testing

@testable import Runs

@Suite struct LedgerPropertyTests {
    @Test(arguments: 0..<12)
    func `keeps its promises whatever happens in whatever order`(seed: Int) {
        var world = LedgerWorld(seed: UInt64(seed))
        for _ in 0..<3_000 { world.step() }
        world.settle()
        #expect(world.faults == [])
        #expect(world.framesMade > 500, "a test of nothing")
    }
}

/// A ledger, a simple model of what it should know, and shards that read it at moments of their own.
private struct LedgerWorld {
    private static let interval = 100
    private static let ids = ["a", "b", "\u{E9}", "e\u{301}", "\"\\", ""]

    private(set) var faults: [String] = []
    private var random: Seeded
    private var ledger = RunLedger(updateInterval: .milliseconds(Self.interval))
    private let start = ContinuousClock.now
    private var time = 0
    private var runs: [RunID: ModelRun] = [:]
    private var made: [MadeFrame] = []
    private var shards: [Int: Reader] = [:]
    private var clients: [Client] = []

    init(seed: UInt64) {
        self.random = Seeded(seed: seed)
        for id in Self.ids { self.runs[RunID(id)] = ModelRun() }
        for shard in 0..<2 { self.register(shard) }
        for id in Self.ids.prefix(3) { self.find(id) }
    }

    var framesMade: Int { self.made.count }

    mutating func step() {
        self.time += Int.random(in: 0...15, using: &self.random)
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<50: self.observe(self.anyID(), self.anyStatus())
        case 50..<53: self.observe(self.anyID(), "paused")
        case 53..<58: self.remove(self.anyID())
        case 58..<75: self.make()
        case 75..<92: self.deliver(to: Int.random(in: 0..<3, using: &self.random))
        case 92..<94: self.register(Int.random(in: 0..<3, using: &self.random))
        case 94..<97: self.snapshot()
        default: self.sweep()
        }
    }

    /// Lets time pass until nothing is left to do, and looks whether all has come as promised.
    mutating func settle() {
        for _ in 0..<3 {
            self.time += Self.interval
            self.make()
            for shard in self.shards.keys { self.deliver(to: shard, all: true) }
        }
        let counts = self.ledger.counts
        self.expect(counts.waiting == 0 && counts.outbox == 0 && self.ledger.nextDue == nil, "something is left")
        self.expect(self.ledger.conflation.isEmpty, "the conflation remembers a run")
        for id in Self.ids { self.check(RunID(id)) }
        for client in self.clients { self.check(client) }
    }

    private var now: ContinuousClock.Instant { self.start.advanced(by: .milliseconds(self.time)) }

    private mutating func anyID() -> String { Self.ids.randomElement(using: &self.random) ?? "" }

    private mutating func anyStatus() -> String {
        ["queued", "running", "in_progress", "running", "completed", "failed"].randomElement(using: &self.random) ?? ""
    }

    private mutating func find(_ id: String) {
        let found = row(id, "running", 0)
        self.expect(self.ledger.found(found) == .unchanged, "a found row is pushed")
        self.runs[RunID(id)]?.find(RunState(found))
    }

    private mutating func observe(_ id: String, _ status: String) {
        let observed = row(id, status, Int.random(in: 0...1, using: &self.random))
        let expected = self.runs[RunID(id)]?.observe(RunState(observed), status: status)
        self.expect(self.ledger.observed(observed, now: self.now) == expected, "\(id): not \(expected as Any)")
    }

    private mutating func remove(_ id: String) {
        self.ledger.gone(id)
        self.runs[RunID(id)]?.forget()
    }

    private mutating func make() {
        self.ledger.makeFrames(now: self.now, timestamp: Int64(self.time))
        self.noteFrames()
    }

    private mutating func noteFrames() {
        for frame in self.ledger.frames(after: UInt64(self.made.count)) {
            self.expect(frame.number == UInt64(self.made.count + 1), "a gap before \(frame.number)")
            let made = MadeFrame(frame, time: self.time)
            self.made.append(made)
            self.runs[frame.run]?.sent(made, interval: Self.interval).map { self.faults.append($0) }
        }
    }

    private mutating func deliver(to shard: Int, all: Bool = false) {
        guard var reader = self.shards[shard] else { return }
        let frames = self.ledger.frames(after: reader.acknowledged)
        let some = frames.prefix(all ? .max : Int.random(in: 0...10, using: &self.random))
        for frame in some {
            self.expect(frame.number == reader.acknowledged + 1, "shard \(shard) misses or repeats a frame")
            self.expect(self.made[Int(frame.number) - 1].message == frame.message, "a frame has changed")
            reader.acknowledged = frame.number
        }
        self.ledger.acknowledged(shard: shard, through: reader.acknowledged)
        self.shards[shard] = reader
    }

    private mutating func register(_ shard: Int) {
        let number = self.ledger.register(shard: shard)
        self.expect(self.shards[shard].map { $0.acknowledged == number } ?? true, "shard \(shard) is set back")
        self.shards[shard] = Reader(acknowledged: number)
    }

    private mutating func snapshot() {
        let snapshot = self.ledger.snapshot(now: self.now, timestamp: Int64(self.time))
        self.noteFrames()
        self.expect(snapshot.through == UInt64(self.made.count), "the snapshot isn't up to date")
        let active = self.runs.values.compactMap(\.known).filter { !$0.status.isTerminal }.map(\.data)
        self.expect(active.map(RunID.init).asSet == snapshot.active.map { RunID($0.data) }.asSet, "not the active runs")
        for id in self.runs.keys { self.runs[id]?.disclose() }
        self.clients.append(Client(snapshot))
    }

    private mutating func sweep() {
        self.ledger.beginSweep()
        var missing = 0
        for id in Self.ids {
            if Int.random(in: 0..<10, using: &self.random) < 8 {
                self.observe(id, Bool.random(using: &self.random) ? self.anyStatus() : "paused")
            } else if self.runs[RunID(id)]?.known != nil {
                self.runs[RunID(id)]?.forget()
                missing += 1
            }
        }
        self.expect(self.ledger.endSweep() == missing, "a sweep forgets others than those missing")
    }

    private mutating func check(_ id: RunID) {
        guard let run = self.runs[id] else { return }
        let sent = self.made.filter { $0.run == id }
        self.faults += run.faults(sent: sent).map { "\(id.text): \($0)" }
    }

    /// What a client that began with a snapshot believes in the end of the runs that are active.
    private mutating func check(_ client: Client) {
        var states = client.states
        for frame in self.made.dropFirst(Int(client.through)) { states[frame.run] = frame.data }
        for (id, run) in self.runs {
            guard let known = run.known, !known.status.isTerminal else { continue }
            self.expect(states[id].map { $0.hasSameBytes(as: known.data) } == true, "\(id.text): a client is behind")
        }
    }

    private mutating func expect(_ holds: Bool, _ fault: @autoclosure () -> String) {
        if !holds { self.faults.append("\(self.time): \(fault())") }
    }
}

private struct Reader {
    var acknowledged: UInt64
}

private struct Client {
    let through: UInt64
    let states: [RunID: String]

    init(_ snapshot: LedgerSnapshot) {
        self.through = snapshot.through
        let states = snapshot.active.map { (RunID(object($0.data.utf8)["id"] as? String ?? "?"), $0.data) }
        self.states = Dictionary(states) { $1 }
    }
}

private struct MadeFrame {
    let run: RunID
    let data: String
    let isTerminal: Bool
    let message: [UInt8]
    let time: Int

    init(_ frame: RunFrame, time: Int) {
        self.run = frame.run
        self.isTerminal = frame.isTerminal
        self.message = frame.message
        self.time = time
        let text = String(decoding: frame.message, as: UTF8.self)
        let type = frame.isTerminal ? (text.contains("run_failed") ? "run_failed" : "run_complete") : "run_update"
        let head = "{\"type\":\"\(type)\",\"data\":"
        let tail = ",\"timestamp\":\"\(WireTime.text(milliseconds: Int64(time)))\"}"
        self.data =
            text.hasPrefix(head) && text.hasSuffix(tail)
            ? String(decoding: text.utf8.dropFirst(head.utf8.count).dropLast(tail.utf8.count), as: UTF8.self) : "?"
    }
}

/// What happened to one run, told without any of the ledger's own machinery.
private struct ModelRun {
    private struct Change {
        let state: RunState
        /// How often the run had been forgotten before, or shown to a client while its message was waiting.
        let life: Int

        var data: String { self.state.data }
    }

    private(set) var known: RunState?
    private var found: Change?
    private var changes: [Change] = []
    private var life = 0
    private var lastUpdateTime: Int?
    private var lastSent: String?

    mutating func find(_ state: RunState?) {
        self.known = state
        self.found = state.map { Change(state: $0, life: 0) }
        self.lastSent = state?.data
    }

    mutating func observe(_ state: RunState?, status: String) -> Observation {
        guard let state else { return .unknownStatus(word: status) }
        guard self.known?.data.hasSameBytes(as: state.data) != true else { return .unchanged }
        self.known = state
        self.changes.append(Change(state: state, life: self.life))
        return .changed
    }

    mutating func forget() {
        self.life += self.known == nil ? 0 : 1
        self.known = nil
    }

    mutating func disclose() {
        self.life += self.known?.data == self.lastSent ? 0 : 1
    }

    /// Takes in that a frame was made, and tells what is wrong with its moment.
    mutating func sent(_ frame: MadeFrame, interval: Int) -> String? {
        self.lastSent = frame.data
        guard !frame.isTerminal else { return nil }
        defer { self.lastUpdateTime = frame.time }
        guard let last = self.lastUpdateTime, frame.time - last < interval else { return nil }
        return "\(frame.time): an update too early"
    }

    func faults(sent: [MadeFrame]) -> [String] {
        var faults: [String] = []
        let terminals = self.changes.filter(\.state.status.isTerminal).map(\.data)
        if terminals != sent.filter(\.isTerminal).map(\.data) { faults.append("not all terminal messages, in order") }
        if let frame = self.firstOutOfOrder(sent) { faults.append("\(frame.time): no such change, or told before") }
        if let known, known.data != sent.last?.data ?? self.found?.data { faults.append("the last state is missing") }
        return faults
    }

    /// Finds for each frame a change after that of the frame before it, with no terminal change between the two.
    ///
    /// An update that says what was said before needs one in another life.
    private func firstOutOfOrder(_ sent: [MadeFrame]) -> MadeFrame? {
        var rest = self.changes[...]
        var last = self.found
        for frame in sent {
            let isRepeated = !frame.isTerminal && frame.data == last?.data
            let passed = rest.prefix { $0.data != frame.data || (isRepeated && $0.life == last?.life) }
            guard passed.count < rest.count, frame.isTerminal || passed.allSatisfy({ !$0.state.status.isTerminal })
            else { return frame }
            last = rest[passed.endIndex]
            rest = rest[(passed.endIndex + 1)...]
        }
        return nil
    }
}

extension [RunID] {
    fileprivate var asSet: Set<RunID> { Set(self) }
}
