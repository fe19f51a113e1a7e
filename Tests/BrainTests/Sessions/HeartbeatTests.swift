import Testing

@testable import Brain

@Suite struct HeartbeatTests {
    private let start = ContinuousClock.now

    private func heartbeat() -> Heartbeat {
        Heartbeat(limits: HeartbeatLimits(), now: self.start)
    }

    private func tick(
        _ heartbeat: inout Heartbeat,
        at seconds: Double,
        taken: Int = 0,
        pending: Int = 0
    ) -> Heartbeat.Action {
        heartbeat.ticked(now: self.start + .seconds(seconds), taken: taken, pending: pending)
    }

    @Test func `pings after an interval, once`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 24.9) == .none)
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        #expect(self.tick(&heartbeat, at: 100) == .none)
    }

    @Test func `the clock of the pong starts when the ping is written`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(30))
        #expect(self.tick(&heartbeat, at: 39.9) == .none)
        #expect(self.tick(&heartbeat, at: 40) == .noPong)
    }

    @Test func `a pong is measured, and the next ping has another payload`() {
        var heartbeat = self.heartbeat()
        #expect(heartbeat.roundTrip == nil)
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(26))
        heartbeat.pongReceived(payload: 1, now: self.start + .seconds(28))
        #expect(heartbeat.roundTrip == .seconds(2))
        #expect(self.tick(&heartbeat, at: 52.9) == .none)
        #expect(self.tick(&heartbeat, at: 53) == .ping(payload: 2))
    }

    @Test(arguments: [0, 2, nil] as [UInt64?])
    func `a pong that answers no ping of ours doesn't count`(payload: UInt64?) {
        var heartbeat = self.heartbeat()
        heartbeat.pongReceived(payload: 0, now: self.start + .seconds(1))
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(25))
        heartbeat.pongReceived(payload: payload, now: self.start + .seconds(26))
        #expect(heartbeat.roundTrip == nil)
        #expect(self.tick(&heartbeat, at: 35) == .noPong)
    }

    @Test func `a pong that comes twice counts once`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(25))
        heartbeat.pongReceived(payload: 1, now: self.start + .seconds(26))
        heartbeat.pongReceived(payload: 1, now: self.start + .seconds(40))
        #expect(heartbeat.roundTrip == .seconds(1))
        #expect(self.tick(&heartbeat, at: 51) == .ping(payload: 2))
    }

    @Test func `a socket that takes nothing of what waits is stalled`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 5, pending: 100) == .none)
        #expect(self.tick(&heartbeat, at: 9.9, pending: 200) == .none)
        #expect(self.tick(&heartbeat, at: 10, pending: 200) == .stalled)
    }

    @Test func `a socket that takes a little is not stalled`() {
        var heartbeat = self.heartbeat()
        for second in 1...20 {
            #expect(self.tick(&heartbeat, at: Double(second) * 9, taken: second, pending: 100) != .stalled)
        }
        #expect(self.tick(&heartbeat, at: 190, taken: 20, pending: 100) == .stalled)
    }

    @Test func `a socket that has nothing to take is not stalled`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 20) == .none)
        #expect(self.tick(&heartbeat, at: 24, pending: 1) == .none)
        #expect(self.tick(&heartbeat, at: 29.9, pending: 1) == .ping(payload: 1))
    }

    @Test func `ticks come at a quarter of the shortest deadline, within bounds`() {
        #expect(HeartbeatLimits().tick == .milliseconds(250))
        #expect(HeartbeatLimits(pongTimeout: .milliseconds(100)).tick == .milliseconds(25))
        #expect(HeartbeatLimits(writeStall: .milliseconds(1)).tick == .milliseconds(10))
    }
}
