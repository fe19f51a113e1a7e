import NIOCore
import NIOEmbedded
import NIOHTTP1
import Synchronization
import Testing

@testable import Brain

/// A connection with the timer and the door in its pipeline, and what the door has decided.
struct DoorRig {
    let sessions = SessionRig()
    let connection: ClientConnection
    let channel: NIOAsyncTestingChannel
    let book: AdmissionBook
    let snapshots = Counter()
    private let door: NIOLoopBound<Door>

    init(
        peer: String = "127.0.0.1",
        rules: (inout GateRules) -> Void = { _ in },
        sideDoor: SideDoor? = nil,
        limits: (inout AdmissionLimits) -> Void = { _ in }
    ) async throws {
        var admission = AdmissionLimits()
        limits(&admission)
        let book = AdmissionBook(limits: admission)
        let snapshots = self.snapshots
        let keys = DoorKeys(
            gate: Gate.sample(rules),
            book: book,
            directory: self.sessions.directory,
            sideDoor: sideDoor
        ) { snapshots.add() }
        let connection = ClientConnection(peer: try address(peer), peerName: "\(peer):1")
        let channel = NIOAsyncTestingChannel(loop: self.sessions.loops[0])
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        self.door = try await channel.testingEventLoop.executeInContext {
            let timer = HandshakeTimer(timeout: .seconds(5), clock: HandshakeClock())
            let door = Door(keys: keys, connection: connection, timer: timer, steps: StillSteps())
            try channel.pipeline.syncOperations.addHandlers([timer, door])
            return NIOLoopBound(door, eventLoop: channel.eventLoop)
        }
        self.connection = connection
        self.channel = channel
        self.book = book
    }

    /// Sends a whole request through the door.
    ///
    /// - Returns: the head as those behind the door see it; nil where it was an upgrade, of which they see nothing.
    @discardableResult
    func request(
        _ target: String,
        method: HTTPMethod = .GET,
        _ headers: HTTPHeaders = [:]
    ) async throws -> HTTPRequestHead? {
        let head = try await self.requestHead(target, method: method, headers)
        try await self.pass(.end(nil))
        _ = try await self.channel.readInbound(as: HTTPServerRequestPart.self)
        return head
    }

    /// Sends the head of a request through the door.
    func requestHead(
        _ target: String,
        method: HTTPMethod = .GET,
        _ headers: HTTPHeaders = [:]
    ) async throws -> HTTPRequestHead? {
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
        if !head.headers.contains(name: "Host") { head.headers.add(name: "Host", value: "localhost:5221") }
        try await self.pass(.head(head))
        let part = try await self.channel.readInbound(as: HTTPServerRequestPart.self)
        guard case .head(let seen) = part else { return nil }
        return seen
    }

    /// Asks for an upgrade that is right in everything but what the test changes.
    func upgrade(_ target: String, _ change: (inout HTTPHeaders) -> Void = { _ in }) async throws -> HTTPRequestHead? {
        var headers: HTTPHeaders = [
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        change(&headers)
        return try await self.request(target, headers)
    }

    /// Lets an answer's part go out through the door.
    func answer(_ part: HTTPServerResponsePart) async throws {
        try await self.channel.writeOutbound(part)
    }

    /// Makes the decoder before the door fail.
    func fail(_ error: any Error) async throws {
        let channel = self.channel
        try await channel.testingEventLoop.executeInContext { channel.pipeline.fireErrorCaught(error) }
        await channel.testingEventLoop.run()
    }

    /// The statuses of the answers that have gone out.
    func statuses() async throws -> [UInt] {
        var statuses: [UInt] = []
        while let part = try await self.channel.readOutbound(as: HTTPServerResponsePart.self) {
            if case .head(let head) = part { statuses.append(head.status.code) }
        }
        return statuses
    }

    /// The decision about the next request, in words.
    func verdict() -> String {
        switch self.connection.nextVerdict() {
        case .admitted(let client): "admitted \(client)"
        case .refused(let refusal): "refused \(refusal.status)"
        case .malformedUpgrade: "malformed"
        case .upgradeRequired: "upgrade required"
        case nil: "none"
        }
    }

    /// The session that was admitted.
    func session() async throws -> SessionChannel? {
        let door = self.door
        return try await self.channel.testingEventLoop.executeInContext { door.value.successor as? SessionChannel }
    }

    private func pass(_ part: HTTPServerRequestPart) async throws {
        let context = self.channel
        try await context.testingEventLoop.executeInContext {
            let door = try context.pipeline.syncOperations.context(handlerType: Door.self)
            (door.handler as? Door)?.channelRead(context: door, data: NIOAny(part))
        }
    }
}

/// A connection that stays what it is.
private final class StillSteps: DoorSteps {
    func serve(_ channel: any Channel) {}
    func stopParsing(_ channel: any Channel) -> EventLoopFuture<Void> { channel.eventLoop.submit {} }
    func hand(_ channel: any Channel, to successor: any ChannelHandler) {}
    func ended(_ channel: any Channel) {}
}

/// Counts calls from anywhere.
final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { self.value.load(ordering: .relaxed) }

    func add() {
        self.value.wrappingAdd(1, ordering: .relaxed)
    }
}
