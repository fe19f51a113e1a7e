import Glibc
import Testing

@testable import Postgres

/// The pure halves of the thread and the connection.
struct WaitListTests {
    private let start = ContinuousClock.now

    @Test func `polls until the earliest deadline, rounded up`() async {
        var list = WaitList()
        #expect(list.round(wakeup: 3, now: self.start).timeout == -1)
        let outcome = await withCheckedContinuation { continuation in
            let wait = Wait(id: 1, socket: 7, events: Int16(POLLIN), deadline: self.start + .microseconds(1500))
            list.add(wait, continuation)
            let round = list.round(wakeup: 3, now: self.start)
            #expect(round.timeout == 2)
            #expect(round.descriptors.map(\.fd) == [3, 7])
            #expect(list.round(wakeup: 3, now: self.start + .seconds(1)).timeout == 0)
            #expect(list.removeDue(round.descriptors, now: self.start).isEmpty)
            let due = list.removeDue(round.descriptors, now: self.start + .microseconds(1500))
            for (continuation, outcome) in due {
                continuation.resume(returning: outcome)
            }
        }
        #expect(outcome == .timedOut)
        #expect(list.round(wakeup: 3, now: self.start).descriptors.count == 1)
    }

    @Test func `gives the socket the word before the clock`() async {
        var list = WaitList()
        let outcome = await withCheckedContinuation { continuation in
            list.add(Wait(id: 1, socket: 7, events: Int16(POLLIN), deadline: self.start), continuation)
            let polled = [pollfd(fd: 7, events: Int16(POLLIN), revents: Int16(POLLHUP))]
            for (continuation, outcome) in list.removeDue(polled, now: self.start) {
                continuation.resume(returning: outcome)
            }
        }
        #expect(outcome == .ready(events: Int16(POLLHUP)))
    }

    @Test func `bounds a wait for years to what poll takes`() async {
        var list = WaitList()
        let outcome = await withCheckedContinuation { continuation in
            list.add(Wait(id: 1, socket: 7, events: 0, deadline: self.start + .seconds(1 << 40)), continuation)
            #expect(list.round(wakeup: 3, now: self.start).timeout == 2_000_000_000)
            list.remove(1)?.resume(returning: .closed)
        }
        #expect(outcome == .closed)
    }

    @Test func `gives turns in order and refuses the one too many`() {
        var turns = TurnQueue(limit: 2)
        #expect((1...4).map { turns.asked($0) } == [.granted, .queued, .queued, .refused])
        turns.gaveUp(2)
        #expect(turns.ended() == 3)
        #expect(turns.ended() == nil)
        #expect(turns.asked(5) == .granted)
    }
}
