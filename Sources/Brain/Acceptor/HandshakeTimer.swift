import NIOCore

/// Ends a connection whose request doesn't come to its end in time, or that idles for so long (`--handshake-timeout`).
///
/// The clock runs from the accept, or from a later request's first byte, to the end of the request's body; and from the end
/// of an answer to the next request's first byte. It stands while an answer is made; while one goes out, it begins anew
/// whenever the socket has taken some of it. First in the pipeline, it sees bytes; the door tells it about requests.
final class HandshakeTimer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// By how much a deadline may be missed, at most; a short one by a tenth.
    private static let precision = TimeAmount.milliseconds(100)

    private let timeout: TimeAmount
    private let clock: HandshakeClock
    /// From a request's first byte, or the accept, to the request's end.
    private(set) var isReceiving = true
    /// Requests that have ended less answers that have: below zero, an answer came before the end of its request.
    private var owed = 0
    /// Answers that have begun and not ended.
    private var begun = 0
    /// What the channel held of answers at the last look, in bytes.
    private var held = 0
    private let bytesHeld: (any Channel) -> Int
    private var context: ChannelHandlerContext?
    /// When the connection ends; nil where it may take its time.
    private var deadline: NIODeadline?

    /// - Parameters:
    ///   - timeout: for a request, and for idling.
    ///   - clock: that of the connection's event loop.
    ///   - bytesHeld: what a channel holds and the kernel hasn't taken.
    init(
        timeout: Duration,
        clock: HandshakeClock,
        bytesHeld: @escaping (any Channel) -> Int = { (try? $0.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
    ) {
        self.timeout = TimeAmount(timeout)
        self.clock = clock
        self.bytesHeld = bytesHeld
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.disarm()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if !self.isReceiving, self.owed == 0 {
            self.isReceiving = true
            self.arm()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.disarm()
        context.fireChannelInactive()
    }

    /// Whether nothing of an answer is under way or due, so that one may be begun.
    var mayAnswer: Bool { self.owed == 0 && self.begun == 0 }

    /// Whether a whole request is being answered: what it waits for is the peer's taking.
    private var isAnswering: Bool { self.owed > 0 && self.begun > 0 }

    /// The request is here whole: its answer takes as long as it takes.
    func requestEnded() {
        self.isReceiving = false
        self.owed += 1
        self.settle()
    }

    /// The head of an answer is written.
    func responseBegan() {
        self.begun += 1
        if self.isAnswering { self.arm() }
    }

    /// The socket has the whole answer: the connection may be kept for another request.
    func responseEnded() {
        self.begun = max(0, self.begun - 1)
        self.owed -= 1
        self.settle()
    }

    private func settle() {
        if self.isAnswering {
            self.arm()
        } else if self.owed > 0 {
            self.disarm()
        } else if !self.isReceiving {
            self.arm()
        }
    }

    /// Ends the connection if its time is over.
    func looked(now: NIODeadline) {
        guard let deadline = self.deadline else { return }
        if self.isAnswering, self.hasMoved() { return self.arm() }
        guard deadline <= now else { return }
        self.disarm()
        self.context?.close(promise: nil)
    }

    /// Whether the channel holds nothing, so that the answer is still being made, or something else than at the last look.
    private func hasMoved() -> Bool {
        guard let context = self.context else { return false }
        let before = self.held
        self.held = self.bytesHeld(context.channel)
        return self.held == 0 || self.held != before
    }

    private func arm() {
        guard let context = self.context else { return }
        self.deadline = context.eventLoop.now + self.timeout
        let interval = min(Self.precision, .nanoseconds(self.timeout.nanoseconds / 10))
        self.clock.add(self, on: context.eventLoop, interval: interval)
    }

    private func disarm() {
        self.deadline = nil
        self.clock.remove(self)
    }
}
