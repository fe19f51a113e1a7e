import Foundation

/// Many WebSocket clients on one thread of their own.
///
/// The thread goes in rounds: it sleeps in poll(2), reads what each socket has, and tells what all clients have met.
final class ClientCrowd: Sendable {
    /// The events of a round, in order, with the time at whose end they had all happened.
    typealias Sink = @Sendable ([ClientEvent], ContinuousClock.Instant) -> Void

    /// More clients than a machine can have.
    private static let most = 1 << 20

    private let mailbox = CrowdMailbox()

    /// Starts the clients.
    ///
    /// - Parameters:
    ///   - plan: who they are.
    ///   - sink: is called on the thread, in each round that has events; the clients wait for it.
    init(_ plan: CrowdPlan, sink: @escaping Sink) {
        ClientSocket.allowDescriptors(plan.descriptors)
        let mailbox = self.mailbox
        let thread = Thread {
            var loop = CrowdLoop(plan, mailbox, sink)
            loop.run()
            mailbox.end()
        }
        thread.name = "clients"
        thread.start()
    }

    deinit {
        self.mailbox.post { $0.stops = true }
    }

    var census: CrowdCensus { self.mailbox.census }

    /// Resets that many connections, or all that are open; they come back as after any other cut.
    func resetSome(_ count: Int) {
        self.mailbox.post { $0.resets = min($0.resets + max(0, min(count, Self.most)), Self.most) }
    }

    /// Has all clients leave, and not come back; the census tells when they are gone.
    func leave() {
        self.mailbox.post { $0.departs = true }
    }

    /// Ends the thread, and with it whatever connections there are; the sink isn't called after it.
    func stop() async {
        self.mailbox.post { $0.stops = true }
        await self.mailbox.ended()
    }
}
