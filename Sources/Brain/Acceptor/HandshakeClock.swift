import NIOCore
import Synchronization

/// Looks at the deadlines of one event loop's connections all at once, as long as any has one.
///
/// A timer of the loop's own for each of them would cost more than the rest of its deadline. It is used on that loop
/// only, and holds as many timers as there may be connections that are no session.
final class HandshakeClock {
    private var armed: [ObjectIdentifier: HandshakeTimer] = [:]
    private var looks: RepeatedTask?

    /// Looks at the timer from now on.
    ///
    /// - Parameters:
    ///   - timer: has a deadline.
    ///   - eventLoop: the timer's, and all others'.
    ///   - interval: by how much a deadline may be missed.
    func add(_ timer: HandshakeTimer, on eventLoop: any EventLoop, interval: TimeAmount) {
        self.armed[ObjectIdentifier(timer)] = timer
        guard self.looks == nil else { return }
        let clock = NIOLoopBound(self, eventLoop: eventLoop)
        self.looks = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            clock.value.look(now: eventLoop.now)
        }
    }

    /// Looks at the timer no more.
    func remove(_ timer: HandshakeTimer) {
        self.armed[ObjectIdentifier(timer)] = nil
    }

    private func look(now: NIODeadline) {
        for timer in self.armed.values { timer.looked(now: now) }
        guard self.armed.isEmpty else { return }
        self.looks?.cancel()
        self.looks = nil
    }
}

/// The clock of each event loop.
final class HandshakeClocks: Sendable {
    private let clocks = Mutex<[ObjectIdentifier: NIOLoopBound<HandshakeClock>]>([:])

    /// The clock of the event loop that this is called on.
    func clock(of eventLoop: any EventLoop) -> HandshakeClock {
        self.clocks.withLock { clocks in
            if let clock = clocks[ObjectIdentifier(eventLoop)] { return clock }
            let clock = NIOLoopBound(HandshakeClock(), eventLoop: eventLoop)
            clocks[ObjectIdentifier(eventLoop)] = clock
            return clock
        }.value
    }
}
