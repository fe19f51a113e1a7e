import Testing

@testable import Brain

/// A heartbeat under random events, looked at only when it asks for it.
private struct HeartbeatRun {
    private var random: Seeded
    private let limits: HeartbeatLimits
    private var heartbeat: Heartbeat
    private var now = Moment(nanoseconds: 0)
    private var next: Moment
    private var taken = 0
    private var pending = 0
    private var payload: UInt64 = 0
    private(set) var actions: [Heartbeat.Action] = []

    init(seed: UInt64) {
        var random = Seeded(seed: seed)
        let durations = (0..<3).map { _ in Duration.milliseconds(Int.random(in: 1...3000, using: &random)) }
        self.limits = HeartbeatLimits(pingInterval: durations[0], pongTimeout: durations[1], writeStall: durations[2])
        self.random = random
        self.heartbeat = Heartbeat(limits: self.limits, now: self.now)
        self.next = self.heartbeat.nextLook(now: self.now, limits: self.limits)
    }

    /// Lets something happen before the next look, or looks.
    mutating func step() {
        let wait = Duration.milliseconds(Int.random(in: 0...500, using: &self.random))
        guard self.now + wait < self.next else { return self.look() }
        self.now = self.now + wait
        self.happen()
        var early = self.heartbeat
        #expect(early.ticked(now: self.now, taken: self.taken, pending: self.pending, limits: self.limits) == .none)
    }

    private mutating func look() {
        self.now = max(self.now, self.next)
        let action = self.heartbeat.ticked(
            now: self.now,
            taken: self.taken,
            pending: self.pending,
            limits: self.limits
        )
        if case .ping(let payload) = action { self.payload = payload }
        self.actions.append(action)
        self.next = self.heartbeat.nextLook(now: self.now, limits: self.limits)
    }

    private mutating func happen() {
        switch Int.random(in: 0..<6, using: &self.random) {
        case 0: self.heartbeat.pingWritten(now: self.now)
        case 1: self.heartbeat.pongReceived(payload: self.payload, now: self.now, limits: self.limits)
        case 2: (self.taken, self.pending) = (self.taken + self.pending, 0)
        case 3: self.pending += 10
        case 4: self.taken += min(1, self.pending)
        default: self.heartbeat.observe(taken: self.taken, pending: self.pending, now: self.now)
        }
    }
}

@Suite struct HeartbeatLookTests {
    private let start = Moment.now
    private let limits = HeartbeatLimits()

    private func next(_ heartbeat: Heartbeat, at seconds: Double) -> Duration {
        heartbeat.nextLook(now: self.start + .seconds(seconds), limits: self.limits) - self.start
    }

    @Test func `an idle session is looked at each write stall, and when its ping is due`() {
        let heartbeat = Heartbeat(limits: self.limits, now: self.start)
        #expect(self.next(heartbeat, at: 0) == .seconds(10))
        #expect(self.next(heartbeat, at: 20) == .seconds(25))
    }

    @Test func `a session whose bytes wait is looked at more often, and when they have waited too long`() {
        var heartbeat = Heartbeat(limits: self.limits, now: self.start)
        heartbeat.observe(taken: 0, pending: 1, now: self.start)
        #expect(self.next(heartbeat, at: 0) == .milliseconds(1250))
        #expect(self.next(heartbeat, at: 9.5) == .seconds(10))
    }

    @Test func `a session that owes a pong is looked at when it is overdue`() {
        var heartbeat = Heartbeat(limits: self.limits, now: self.start)
        _ = heartbeat.ticked(now: self.start + .seconds(25), taken: 0, pending: 0, limits: self.limits)
        #expect(self.next(heartbeat, at: 25) == .seconds(35))
        heartbeat.pingWritten(now: self.start + .seconds(26))
        #expect(self.next(heartbeat, at: 30) == .seconds(36))
        #expect(self.next(heartbeat, at: 26) == .seconds(36))
    }

    @Test func `a ping that comes more often than the pong may take is not late`() {
        let limits = HeartbeatLimits(pingInterval: .seconds(1))
        var heartbeat = Heartbeat(limits: limits, now: self.start)
        let ping = heartbeat.ticked(now: self.start + .seconds(1), taken: 0, pending: 0, limits: limits)
        #expect(ping == .ping(payload: 1))
        #expect(heartbeat.nextLook(now: self.start + .seconds(1), limits: limits) == self.start + .seconds(2))
        heartbeat.pingWritten(now: self.start + .seconds(1))
        #expect(heartbeat.nextLook(now: self.start + .seconds(1), limits: limits) == self.start + .seconds(2))
    }

    @Test(arguments: UInt64(0)..<200)
    func `nothing is to be done before the next look, whatever comes meanwhile`(seed: UInt64) {
        var run = HeartbeatRun(seed: seed)
        for _ in 0..<300 { run.step() }
        #expect(run.actions.contains { $0 != .none })
    }
}
