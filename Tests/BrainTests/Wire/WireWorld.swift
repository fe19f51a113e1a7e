import NIOWebSocket
import Runs
import Testing

@testable import Brain

/// Random changes, and clients that come, read as they like and go, while broadcasts go on.
struct WireWorld {
    private static let runs = 20
    private static let clientsAtMost = 8
    private static let statuses = ["queued", "running", "running", "running", "completed", "failed"]

    private(set) var faults: [String] = []
    private(set) var history = WireHistory()
    private(set) var listeners: [WireListener] = []
    /// What happened at all: a world in which nothing does proves nothing.
    private(set) var tally = Tally()
    private let rig: WireRig
    private let broadcaster: Broadcaster
    private let overTCP: Bool
    private var random: Seeded
    /// Changes below this number have gone out.
    private var goneBelow = 0

    struct Tally {
        var torn = 0
        var crashes = 0
        var messages = 0
    }

    init(_ rig: WireRig, _ broadcaster: Broadcaster, seed: UInt64) {
        (self.rig, self.broadcaster) = (rig, broadcaster)
        self.overTCP = seed % 5 == 4
        self.random = Seeded(seed: seed)
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<40: self.change()
        case 40..<55: await self.broadcast()
        case 55..<62: self.broadcaster.wake()
        case 62..<84: self.read()
        case 84..<88: try await self.join()
        case 88..<91: try await self.joinAndChangeDuringBroadcast()
        case 91..<94: try await self.leave()
        case 94..<97: await self.crash()
        case 97..<99: self.speak()
        default: _ = await (self.rig.directory.reports(), self.rig.directory.totals())
        }
    }

    /// Lets everyone have everything, and looks whether they do.
    mutating func finish() async throws {
        self.goneBelow = self.history.count
        try await self.rig.broadcastAll(by: self.broadcaster)
        for listener in self.listeners {
            try await listener.client.readAll(in: self.rig)
            await self.check(listener)
        }
    }

    /// Lets everyone go.
    mutating func end() async throws {
        while !self.listeners.isEmpty { try await self.leave() }
        let directory = self.rig.directory
        try await self.rig.until("the end of all sessions") { directory.count == 0 }
    }
}

// MARK: Changes and broadcasts
extension WireWorld {
    private mutating func change() {
        for _ in 0..<Int.random(in: 1...8, using: &self.random) {
            let status = Self.statuses.randomElement(using: &self.random)
            let sizes = [0..<1, 0..<1, 0..<600, 0..<5_000, 0..<40_000]
            let size = Int.random(in: sizes.randomElement(using: &self.random) ?? 0..<1, using: &self.random)
            let run = Int.random(in: 0..<Self.runs, using: &self.random)
            self.history.change(run, status ?? "running", padding: size, in: self.rig.ledger)
        }
    }

    private mutating func broadcast() async {
        let count = self.history.count
        await self.broadcaster.broadcast()
        if self.rig.ledger.withLedger({ $0.counts.waiting == 0 && $0.counts.outbox == 0 }) { self.goneBelow = count }
    }

    private mutating func joinAndChangeDuringBroadcast() async throws {
        let broadcaster = self.broadcaster
        async let round: Void = broadcaster.broadcast()
        self.change()
        try await self.join()
        self.change()
        await round
    }
}

// MARK: Clients
extension WireWorld {
    private mutating func join() async throws {
        guard self.listeners.count < Self.clientsAtMost else { return }
        let awaitsSnapshot = Int.random(in: 0..<3, using: &self.random) == 0
        let buffer = CInt.random(in: 1...40_000, using: &self.random)
        let kind = self.overTCP ? WireEnd.Kind.tcp(receiveBuffer: buffer) : .pair(sendBuffer: buffer)
        let gone = self.goneBelow
        let client = try await self.rig.open(kind, awaitsSnapshot: awaitsSnapshot)
        self.listeners.append(
            WireListener(
                client: client,
                owedFrom: self.history.count,
                goneBelow: gone,
                awaitsSnapshot: awaitsSnapshot
            )
        )
    }

    private mutating func read() {
        guard let listener = self.listeners.randomElement(using: &self.random) else { return }
        let all = Bool.random(using: &self.random)
        listener.client.read(atMost: all ? 1 << 16 : .random(in: 1...6_000, using: &self.random))
        if listener.client.inbox.rest > 0 { self.tally.torn += 1 }
    }

    /// With a close frame, or without a word.
    private mutating func leave() async throws {
        guard let index = self.listeners.indices.randomElement(using: &self.random) else { return }
        let listener = self.listeners.remove(at: index)
        if Bool.random(using: &self.random) { try await self.close(listener) }
        listener.client.wire.close()
        self.faults += listener.faults(by: self.history)
        self.tally.messages += listener.texts.count
    }

    private mutating func close(_ listener: WireListener) async throws {
        let client = listener.client
        let start = ContinuousClock.now
        client.send(.connectionClose, [0x03, 0xE8])
        try await self.rig.until("the answer to a close") {
            client.read()
            return client.inbox.isAtEnd
        }
        try await self.rig.until("the end of \(client.id)") { await client.shard.report(of: client.id) == nil }
        // A close of ours that was under way needs no answer, and whoever reads for too long isn't waited for.
        let code = await client.shard.recentlyClosed().last { $0.facts.id == client.id }?.code
        if code == 1000, !listener.isClosed, .now - start < SessionMachine.closeGrace {
            self.faults.append("\(client.id): no answer to a close frame")
        }
    }

    private mutating func crash() async {
        guard let index = self.listeners.indices.randomElement(using: &self.random) else { return }
        guard self.listeners[index].crashes > 0 else { return }
        self.listeners[index].crashes -= 1
        let client = self.listeners[index].client
        guard await client.shard.plant(.planted, in: client.id) else { return }
        if Bool.random(using: &self.random) {
            self.change()
            await self.broadcast()
        }
        self.tally.crashes += 1
    }

    /// Pings, so that answers come between the messages; or answers a ping.
    private mutating func speak() {
        guard let listener = self.listeners.randomElement(using: &self.random) else { return }
        let pings = listener.client.inbox.frames.compactMap { if case .ping(let payload) = $0 { payload } else { nil } }
        if let ping = pings.last, Bool.random(using: &self.random) {
            listener.client.send(.pong, ping)
        } else {
            listener.client.send(.ping, Array(repeating: 7, count: .random(in: 0...125, using: &self.random)))
        }
    }
}

// MARK: What must hold
extension WireWorld {
    private mutating func check(_ listener: WireListener) async {
        guard !listener.isClosed, !listener.client.inbox.isAtEnd else { return }
        self.faults += listener.missing(by: self.history)
        let counters = await listener.client.shard.report(of: listener.client.id)?.counters
        let (messages, bytes) = (listener.texts.count, listener.client.inbox.bytes.count)
        if counters?.messagesSent != messages || counters?.bytesSent != bytes {
            self.faults.append("\(listener.client.id): \(messages) messages, \(bytes) bytes, not \(counters as Any)")
        }
    }
}
