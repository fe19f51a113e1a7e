import NIOCore
import NIOHTTP1
import WebSocket

/// Judges every request of a connection at its head, in the order of contract §2, before anything else sees it.
///
/// A refused upgrade loses its `Upgrade` header: it goes the way of an ordinary request and gets its answer there. An
/// admitted one is registered as a session at once, before its 101, and is behind the door no request any more.
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
        /// A session, or who comes in by the side door: the end of its request is to come.
        case upgrading(HTTPRequestHead, any ChannelHandler)
        /// The 101 is written, and what comes is still a part of HTTP.
        case switching(any ChannelHandler)
        /// What comes is not HTTP, and waits for the successor.
        case switched(any ChannelHandler, early: ByteBuffer?)
    }

    private let keys: DoorKeys
    private let connection: ClientConnection
    private let timer: HandshakeTimer
    private let steps: any DoorSteps
    private var state = State.first
    private var isLastAnswer = false
    /// Answers of which all was written, and not all was taken.
    private var endsUnderWay = 0

    init(keys: DoorKeys, connection: ClientConnection, timer: HandshakeTimer, steps: any DoorSteps) {
        self.keys = keys
        self.connection = connection
        self.timer = timer
        self.steps = steps
    }

    /// What takes the socket over, once its upgrade was admitted.
    var successor: (any ChannelHandler)? {
        switch self.state {
        case .first, .plain: nil
        case .upgrading(_, let successor), .switching(let successor), .switched(let successor, _): successor
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.steps.ended(context.channel)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.state {
        case .first, .plain: self.read(self.unwrapInboundIn(data), context)
        case .upgrading(let head, let successor):
            guard case .end = self.unwrapInboundIn(data) else { return context.close(promise: nil) }
            self.timer.requestEnded()
            self.upgrade(head, to: successor, context)
        // The parser took the request for no upgrade, and what follows for another request.
        case .switching: context.close(promise: nil)
        case .switched(let successor, _):
            self.state = .switched(successor, early: HandshakeTimer.unwrapInboundIn(data))
        }
    }

    private func read(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): self.readHead(head, context)
        case .body: context.fireChannelRead(self.wrapInboundOut(part))
        case .end:
            self.timer.requestEnded()
            context.fireChannelRead(self.wrapInboundOut(part))
        }
    }

    private func readHead(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let isFirst = if case .first = self.state { true } else { false }
        let judged = self.judge(head, context)
        guard case .plain = self.state else { return }
        do {
            if isFirst { try self.steps.serve(context.channel) }
            context.fireChannelRead(self.wrapInboundOut(.head(judged)))
        } catch {
            context.close(promise: nil)
        }
    }

    /// Bytes that are no HTTP get an answer where none is under way, and end the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        // An answer that is whole and on its way is let through.
        guard self.endsUnderWay == 0 else {
            self.isLastAnswer = true
            return
        }
        guard self.timer.mayAnswer else { return context.close(promise: nil) }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        for part in Problem.unreadable.parts.dropLast() { context.write(self.wrapOutboundOut(part), promise: nil) }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil))).whenComplete { _ in bound.value.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, self.state) {
        // The daemon stops: an answer under way is the last, and where there is none the connection ends.
        case (is ChannelShouldQuiesceEvent, _):
            self.isLastAnswer = true
            if self.timer.mayAnswer { context.close(promise: nil) }
        case (_, .plain): context.fireUserInboundEventTriggered(event)
        // Nobody behind the door would hear that the peer's side ended.
        default: if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What the successor writes while the door hands over is no HTTP.
        if case .switched = self.state { return context.write(data, promise: promise) }
        switch self.unwrapOutboundIn(data) {
        case .head(let head) where !head.isInformational: self.timer.responseBegan()
        case .end: return self.writeEnd(context: context, data: data, promise: promise)
        default: break
        }
        context.write(data, promise: promise)
    }

    /// An answer has ended when the kernel has all of it, which of a large one takes as long as the peer goes on taking it.
    private func writeEnd(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise()
        self.endsUnderWay += 1
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.endsUnderWay -= 1
            self.timer.responseEnded()
            if self.isLastAnswer { context.close(promise: nil) }
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
            self.state = .upgrading(head, side.makeHandler())
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
        self.state = .upgrading(head, session)
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

// MARK: The upgrade
extension Door {
    private func upgrade(_ head: HTTPRequestHead, to successor: any ChannelHandler, _ context: ChannelHandlerContext) {
        WebSocketHandshake.answer(to: head, on: context.channel).assumeIsolated().whenComplete { answer in
            switch answer {
            case .success(let answer): self.switchProtocols(answer, successor, context)
            case .failure: context.close(promise: nil)
            }
        }
    }

    /// The parser leaves in a later task of the loop than this: until then a part of HTTP may still come from it.
    private func switchProtocols(
        _ answer: HTTPResponseHead,
        _ successor: any ChannelHandler,
        _ context: ChannelHandlerContext
    ) {
        self.state = .switching(successor)
        context.writeAndFlush(self.wrapOutboundOut(.head(answer)), promise: nil)
        context.eventLoop.assumeIsolated().execute { self.state = .switched(successor, early: nil) }
        self.steps.stopParsing(context.channel).assumeIsolated().whenComplete { _ in self.handOver(context) }
    }

    private func handOver(_ context: ChannelHandlerContext) {
        guard case .switched(let successor, let early) = self.state else { return }
        do {
            try self.steps.hand(context.channel, to: successor)
            if let early { context.fireChannelRead(NIOAny(early)) }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}

extension HTTPResponseHead {
    /// RFC 9110 §15.2: another head follows.
    fileprivate var isInformational: Bool { (100..<200).contains(self.status.code) }
}
