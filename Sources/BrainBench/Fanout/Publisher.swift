import Brain
import NIOCore
import NIOWebSocket
import Runs

/// A connection on `/pub`: what it sends in a text frame becomes a message to all sessions.
final class Publisher: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let ledger: LedgerRoom
    private let wake: @Sendable () -> Void
    private var published = 0
    private var hasNew = false

    /// - Parameters:
    ///   - ledger: takes what is published.
    ///   - wake: called when there is something new.
    init(ledger: LedgerRoom, wake: @escaping @Sendable () -> Void) {
        self.ledger = ledger
        self.wake = wake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = self.unwrapInboundIn(data)
        switch frame.opcode {
        case .text: self.publish(Array(frame.unmaskedData.readableBytesView))
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if self.hasNew { self.wake() }
        self.hasNew = false
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    }

    private func publish(_ message: [UInt8]) {
        self.published += 1
        self.hasNew = true
        // What finds no room is lost, which the load generator sees as a gap.
        _ = self.ledger.withLedger { $0.relay(message, of: "run-\(self.published)") }
    }
}
