import Testing

@testable import Brain

@Suite struct HeartbeatTests {
    private let start = Moment.now
    private let limits = HeartbeatLimits()

    private func heartbeat() -> Heartbeat {
        Heartbeat(limits: self.limits, now: self.start)
    }

    private func tick(
        _ heartbeat: inout Heartbeat,
        at seconds: Double,
        taken: Int = 0,
        pending: Int = 0
    ) -> Heartbeat.Action {
        heartbeat.ticked(now: self.start + .seconds(seconds), taken: taken, pending: pending, limits: self.limits)
    }

    private func pong(_ heartbeat: inout Heartbeat, payload: UInt64?, at seconds: Double) {
        heartbeat.pongReceived(payload: payload, now: self.start + .seconds(seconds), limits: self.limits)
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
        self.pong(&heartbeat, payload: 1, at: 28)
        #expect(heartbeat.roundTrip == .seconds(2))
        #expect(self.tick(&heartbeat, at: 52.9) == .none)
        #expect(self.tick(&heartbeat, at: 53) == .ping(payload: 2))
    }

    @Test(arguments: [0, 2, nil] as [UInt64?])
    func `a pong that answers no ping of ours doesn't count`(payload: UInt64?) {
        var heartbeat = self.heartbeat()
        self.pong(&heartbeat, payload: 0, at: 1)
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(25))
        self.pong(&heartbeat, payload: payload, at: 26)
        #expect(heartbeat.roundTrip == nil)
        #expect(self.tick(&heartbeat, at: 35) == .noPong)
    }

    @Test func `a pong that comes twice counts once`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
        heartbeat.pingWritten(now: self.start + .seconds(25))
        self.pong(&heartbeat, payload: 1, at: 26)
        self.pong(&heartbeat, payload: 1, at: 40)
        #expect(heartbeat.roundTrip == .seconds(1))
        #expect(self.tick(&heartbeat, at: 51) == .ping(payload: 2))
    }

    @Test func `a socket that takes nothing of what waits is stalled`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 5, pending: 100) == .none)
        #expect(self.tick(&heartbeat, at: 14.9, pending: 200) == .none)
        #expect(self.tick(&heartbeat, at: 15, pending: 200) == .stalled)
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

    @Test func `bytes count as waiting from the look that finds them, however long ago the last one was`() {
        var heartbeat = self.heartbeat()
        #expect(self.tick(&heartbeat, at: 1, taken: 7) == .none)
        #expect(self.tick(&heartbeat, at: 20, taken: 7, pending: 1) == .none)
        #expect(self.tick(&heartbeat, at: 22, taken: 8) == .none)
        #expect(self.tick(&heartbeat, at: 23, taken: 8, pending: 1) == .none)
        heartbeat.pingWritten(now: self.start)
        #expect(self.tick(&heartbeat, at: 32.9, taken: 8, pending: 1) == .ping(payload: 1))
        #expect(self.tick(&heartbeat, at: 33, taken: 8, pending: 1) == .stalled)
    }

    @Test func `who sees bytes begin to wait has them count from then on`() {
        var heartbeat = self.heartbeat()
        heartbeat.observe(taken: 3, pending: 1, now: self.start + .seconds(2))
        heartbeat.observe(taken: 3, pending: 5, now: self.start + .seconds(4))
        #expect(self.tick(&heartbeat, at: 11.9, taken: 3, pending: 5) == .none)
        #expect(self.tick(&heartbeat, at: 12, taken: 3, pending: 5) == .stalled)
    }

    @Test func `a round trip is measured in microseconds, and to 71 minutes`() {
        for (wait, measured) in [(0.000_001_9, 0.000_001), (0, 0), (4294.967_294, 4294.967_294), (9e9, 4294.967_294)] {
            var heartbeat = self.heartbeat()
            #expect(self.tick(&heartbeat, at: 25) == .ping(payload: 1))
            heartbeat.pingWritten(now: self.start)
            heartbeat.pongReceived(payload: 1, now: self.start + .seconds(wait), limits: self.limits)
            #expect(heartbeat.roundTrip == .microseconds(Int64((measured * 1e6).rounded())))
        }
    }

    @Test func `a session's heartbeat takes 36 bytes`() {
        #expect(MemoryLayout<Heartbeat>.size == 36)
    }

    @Test func `ticks come at a quarter of the shortest deadline, within bounds`() {
        #expect(HeartbeatLimits().tick == .milliseconds(250))
        #expect(HeartbeatLimits(pongTimeout: .milliseconds(100)).tick == .milliseconds(25))
        #expect(HeartbeatLimits(writeStall: .milliseconds(1)).tick == .milliseconds(10))
    }
}
