import Testing
import WebSocket

@testable import Brain

@Suite struct SessionMachineTests {
    private let start = ContinuousClock.now

    @Test func `closes on request, and takes no frames from then on`() {
        var machine = SessionMachine()
        #expect(machine.takesFrames)
        let action = machine.closeRequested(.noPong, reason: "no pong", now: self.start)
        #expect(action == .sendClose(.noPong, reason: "no pong"))
        #expect(!machine.takesFrames)
    }

    @Test func `closes once, whatever else goes wrong`() {
        var machine = SessionMachine()
        _ = machine.closeRequested(.tooSlow, reason: "", now: self.start)
        #expect(machine.closeRequested(.noPong, reason: "", now: self.start) == .none)
        #expect(machine.drainRequested(.restarting, reason: "") == .none)
        #expect(machine.emptied(now: self.start) == .none)
    }

    @Test func `drains first and closes when nothing is owed`() {
        var machine = SessionMachine()
        #expect(machine.emptied(now: self.start) == .none)
        #expect(machine.drainRequested(.restarting, reason: "stop") == .flush)
        #expect(machine.takesFrames)
        #expect(machine.drainRequested(.restarting, reason: "again") == .none)
        #expect(machine.emptied(now: self.start) == .sendClose(.restarting, reason: "stop"))
        #expect(!machine.takesFrames)
        #expect(machine.emptied(now: self.start) == .none)
    }

    @Test func `a drain that meets a reason to close ends with that`() {
        var machine = SessionMachine()
        _ = machine.drainRequested(.restarting, reason: "stop")
        #expect(
            machine.closeRequested(.tooSlow, reason: "full", now: self.start) == .sendClose(.tooSlow, reason: "full")
        )
        #expect(machine.emptied(now: self.start) == .none)
    }

    @Test(arguments: [1000, nil] as [UInt16?])
    func `answers the peer's close with its code`(code: UInt16?) {
        var machine = SessionMachine()
        #expect(machine.peerClosed(code: code, now: self.start) == .answerClose(code))
        #expect(!machine.takesFrames)
        #expect(machine.peerClosed(code: code, now: self.start) == .none)
        #expect(machine.closeRequested(.normal, reason: "", now: self.start) == .none)
    }

    @Test func `answers the peer's close while it drains`() {
        var machine = SessionMachine()
        _ = machine.drainRequested(.restarting, reason: "stop")
        #expect(machine.peerClosed(code: 1001, now: self.start) == .answerClose(1001))
    }

    @Test func `disconnects when the peer answers our close`() {
        var machine = SessionMachine()
        _ = machine.closeRequested(.normal, reason: "", now: self.start)
        #expect(machine.peerClosed(code: 1000, now: self.start) == .disconnect)
        #expect(machine.ticked(now: self.start + .seconds(60)) == .none)
    }

    @Test func `has a deadline from the begin of its close to its end`() {
        var machine = SessionMachine()
        #expect(machine.nextDeadline == nil)
        _ = machine.drainRequested(.restarting, reason: "stop")
        #expect(machine.nextDeadline == nil)
        _ = machine.emptied(now: self.start)
        #expect(machine.nextDeadline == Moment(self.start) + SessionMachine.closeGrace)
        _ = machine.peerClosed(code: 1000, now: self.start)
        #expect(machine.nextDeadline == nil)
    }

    @Test func `cuts off a peer that doesn't answer our close in time, once`() {
        var machine = SessionMachine()
        #expect(machine.ticked(now: self.start + .seconds(60)) == .none)
        _ = machine.closeRequested(.normal, reason: "", now: self.start)
        #expect(machine.ticked(now: self.start + SessionMachine.closeGrace - .nanoseconds(1)) == .none)
        #expect(machine.ticked(now: self.start + SessionMachine.closeGrace) == .disconnect)
        #expect(machine.ticked(now: self.start + .seconds(60)) == .none)
    }

    @Test func `cuts off a peer that doesn't take the answer to its close in time, once`() {
        var machine = SessionMachine()
        _ = machine.peerClosed(code: 1000, now: self.start)
        #expect(machine.nextDeadline == Moment(self.start) + SessionMachine.closeGrace)
        #expect(machine.peerClosed(code: 1000, now: self.start + .seconds(1)) == .none)
        #expect(machine.ticked(now: self.start + SessionMachine.closeGrace - .nanoseconds(1)) == .none)
        #expect(machine.ticked(now: self.start + SessionMachine.closeGrace) == .disconnect)
        #expect(machine.nextDeadline == nil)
        #expect(machine.ticked(now: self.start + .seconds(60)) == .none)
    }
}
