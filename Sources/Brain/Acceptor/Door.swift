import NIOCore
import NIOHTTP1
import WebSocket

/// Judges every request of a connection at its head, in the order of contract §2, before anything else sees it.
///
/// A refused upgrade loses its `Upgrade` header, so that it goes the way of an ordinary request and gets its answer there:
/// NIO's upgrade handler would swallow it. An admitted one is registered as a session at once, before its 101.
final class Door: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// The connection's first request may be an upgrade.
        case first
        /// Every request is an ordinary one.
        case plain
        /// A session, or who comes in by the side door: what comes now is not HTTP.
        case upgrading(any ChannelHandler)
    }

    private let keys: DoorKeys
    private let connection: ClientConnection
    private let timer: HandshakeTimer
    private var state = State.first
    private var isLastAnswer = false

    init(keys: DoorKeys, connection: ClientConnection, timer: HandshakeTimer) {
        self.keys = keys
        self.connection = connection
        self.timer = timer
    }

    /// What takes the socket over, once its upgrade was admitted.
    var successor: (any ChannelHandler)? {
        guard case .upgrading(let successor) = self.state else { return nil }
        return successor
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .upgrading = self.state { return context.fireChannelRead(data) }
        switch self.unwrapInboundIn(data) {
        case .head(let head): context.fireChannelRead(self.wrapInboundOut(.head(self.judge(head, context))))
        case .body: context.fireChannelRead(data)
        case .end:
            self.timer.requestEnded()
            context.fireChannelRead(data)
        }
    }

    /// Bytes that are no HTTP get an answer where none is under way, and end the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        guard self.timer.mayAnswer else { return context.close(promise: nil) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        for part in Problem.unreadable.parts.dropLast() { context.write(self.wrapOutboundOut(part), promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }

    /// The daemon stops: an answer under way is the last, and where there is none the connection ends.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        self.isLastAnswer = true
        if self.timer.mayAnswer { context.close(promise: nil) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where !head.isInformational: self.timer.responseBegan()
        case .end: return self.writeEnd(context: context, data: data, promise: promise)
        default: break
        }
        context.write(data, promise: promise)
    }

    private func writeEnd(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.timer.responseEnded()
        let written = promise ?? context.eventLoop.makePromise()
        if self.isLastAnswer {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        }
        context.write(data, promise: written)
    }

    private func judge(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) -> HTTPRequestHead {
        let isFirst = if case .first = self.state { true } else { false }
        let upgrade = UpgradeRequest(head)
        self.state = .plain
        switch self.keys.gate.judge(GateRequest(head, from: self.connection.peer)) {
        case .refused(let refusal):
            self.keys.book.refused(refusal)
            return self.answer(head, .refused(refusal))
        case .admitted(let client) where isFirst && upgrade != .notAnUpgrade:
            return self.admitSession(head, upgrade, client: client, context)
        case .admitted(let client):
            let isSession = RequestTarget(head.uri).path == Route.sessionPath
            return self.answer(head, isSession ? .upgradeRequired : .admitted(client: client))
        }
    }

    private func admitSession(
        _ head: HTTPRequestHead,
        _ upgrade: UpgradeRequest,
        client: IPAddress,
        _ context: ChannelHandlerContext
    ) -> HTTPRequestHead {
        let path = RequestTarget(head.uri).path
        if case .valid = upgrade, let side = self.keys.sideDoor, side.path == path {
            self.state = .upgrading(side.makeHandler())
            return head
        }
        do {
            let lease = try self.keys.book.admitSession(client: client, now: .now)
            guard path == Route.sessionPath else {
                lease.end()
                return self.answer(head, .admitted(client: client))
            }
            return self.open(head, upgrade, SessionAdmission(head, self.connection, client, lease), context)
        } catch {
            return self.answer(head, .refused(error))
        }
    }

    private func open(
        _ head: HTTPRequestHead,
        _ upgrade: UpgradeRequest,
        _ admission: SessionAdmission,
        _ context: ChannelHandlerContext
    ) -> HTTPRequestHead {
        switch upgrade {
        case .notAnUpgrade, .wrongVersion: return self.answer(head, .upgradeRequired)
        case .malformed(let reason): return self.answer(head, .malformedUpgrade(reason: reason))
        case .valid: break
        }
        let awaitsSnapshot = RequestTarget(head.uri).query["snapshot"] == "active"
        let session = self.keys.directory.register(
            context.channel,
            admission: admission,
            awaitsSnapshot: awaitsSnapshot
        )
        guard let session else { return self.answer(head, .malformedUpgrade(reason: "no shard has this socket")) }
        self.state = .upgrading(session)
        if awaitsSnapshot { self.keys.snapshotAwaited() }
        return head
    }

    /// Sends the request the ordinary way; where it had asked for an upgrade, its answer is the connection's last.
    private func answer(_ head: HTTPRequestHead, _ verdict: ClientConnection.Verdict) -> HTTPRequestHead {
        self.connection.note(verdict)
        guard head.headers.contains(name: "Upgrade") else { return head }
        var head = head
        head.headers.remove(name: "Upgrade")
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        return head
    }
}

extension HTTPResponseHead {
    /// RFC 9110 §15.2: another head follows.
    fileprivate var isInformational: Bool { (100..<200).contains(self.status.code) }
}

extension GateRequest {
    fileprivate init(_ head: HTTPRequestHead, from peer: IPAddress) {
        self.init(peer: peer)
        self.hosts = head.headers["Host"]
        self.origins = head.headers["Origin"]
        self.forwardedFor = head.headers["X-Forwarded-For"]
        self.forwarded = head.headers["Forwarded"]
        self.realIP = head.headers["X-Real-IP"]
        let isAdministration = Route.isAdministration(method: head.method.rawValue, target: head.uri)
        self.scope = isAdministration ? .administration : .ordinary
    }
}

extension SessionAdmission {
    fileprivate init(
        _ head: HTTPRequestHead,
        _ connection: ClientConnection,
        _ client: IPAddress,
        _ lease: AdmissionLease
    ) {
        self.init(
            peer: connection.peerName,
            client: client,
            origin: head.headers.first(name: "Origin"),
            userAgent: head.headers.first(name: "User-Agent"),
            lease: lease
        )
    }
}
