/// One WebSocket client: what it does by its kind, as a value without sockets and clock.
///
/// It calls back nobody: each call adds to an output what is to be done and what the client has met. After a `.left`
/// there is no event of it but `.refused` and `.violated` until its next `.joined`.
struct ClientMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum State: Sendable {
        /// It has no socket. Can transition to `connecting`, `gone`.
        case resting(until: Instant)
        /// Can transition to `upgrading`, `resting`, `gone`.
        case connecting(deadline: Instant)
        /// The request is sent. Can transition to `open`, `resting`, `gone`.
        case upgrading(UpgradeAnswer, deadline: Instant)
        /// It has seen its 101; `deadline` is what its kind makes of it. Can transition to `closing`, `resting`, `gone`.
        case open(since: Instant, deadline: Instant?)
        /// Its close frame is sent, what comes is dropped, `rest` follows, or the end where that is nil. Can transition
        /// to `resting`, `gone`.
        case closing(deadline: Instant, rest: Duration?)
        /// It doesn't come back.
        case gone
    }

    let client: Int
    let kind: ClientKind
    let habits: ClientHabits
    let request: [UInt8]
    let scanner: MessageScanner
    var state: State
    var reader = FrameReader()
    var random: ClientRandom
    /// Refusals, and ends of a steady client's connection, since it was last calm.
    var failures = 0

    /// A client that may connect from `start` on.
    init(_ client: Int, _ kind: ClientKind, _ crowd: CrowdPlan, start: Instant) {
        (self.client, self.kind) = (client, kind)
        let agent = ClientAgent(client: client, kind: kind)
        (self.habits, self.request) = (crowd.habits, UpgradeAnswer.request(port: crowd.port, agent: agent))
        self.scanner = MessageScanner(runs: crowd.runs)
        self.random = ClientRandom(seed: crowd.seed, client: client)
        self.state = .resting(until: start)
    }

    /// What ``elapsed(_:_:)`` is to be called at.
    var deadline: Instant? {
        switch self.state {
        case .resting(let until): until
        case .connecting(let deadline), .upgrading(_, let deadline), .closing(let deadline, _): deadline
        case .open(_, let deadline): deadline
        case .gone: nil
        }
    }

    var interest: ClientInterest {
        switch self.state {
        case .resting, .gone: .nothing
        case .connecting: .connection
        case .upgrading, .closing: .bytes
        case .open(_, let deadline):
            switch self.kind {
            case .steady, .churning: .bytes
            case .slow: deadline == nil ? .bytes : .nothing
            case .halfOpen: .hangUp
            }
        }
    }

    /// How much it reads at a time, at most.
    var appetite: Int { self.kind == .slow ? self.habits.slowBite : .max }

    var isOpen: Bool {
        if case .open = self.state { true } else { false }
    }

    var isResting: Bool {
        if case .resting = self.state { true } else { false }
    }

    var isGone: Bool {
        if case .gone = self.state { true } else { false }
    }

    /// Whether it connects or upgrades.
    var isUnderWay: Bool {
        switch self.state {
        case .connecting, .upgrading: true
        case .resting, .open, .closing, .gone: false
        }
    }
}

extension ClientMachine {
    /// Its ``deadline`` has come.
    mutating func elapsed(_ now: Instant, _ output: inout ClientOutput) {
        switch self.state {
        case .resting:
            self.state = .connecting(deadline: now + self.habits.answerPatience)
            output.actions.append(.connect)
        case .connecting, .upgrading: self.giveUp(status: 0, .reset, now, &output)
        case .open(let since, _): self.elapsedOpen(since, now, &output)
        case .closing: self.ended(now, &output)
        case .gone: break
        }
    }

    private mutating func elapsedOpen(_ since: Instant, _ now: Instant, _ output: inout ClientOutput) {
        switch self.kind {
        case .steady: break
        case .slow: self.state = .open(since: since, deadline: nil)
        case .halfOpen: self.leave(.ownWill, .reset, now, &output)
        case .churning: self.wander(now, &output)
        }
    }

    /// Its connect has succeeded.
    mutating func connected(_ now: Instant, _ output: inout ClientOutput) {
        guard case .connecting = self.state else { return }
        self.state = .upgrading(UpgradeAnswer(), deadline: now + self.habits.answerPatience)
        output.actions.append(.send(self.request))
    }

    /// Its connection is over, or didn't come about: nothing more can be read or sent.
    mutating func ended(_ now: Instant, _ output: inout ClientOutput) {
        switch self.state {
        case .resting, .gone: break
        case .connecting, .upgrading: self.giveUp(status: 0, .plain, now, &output)
        case .open: self.leave(.cut, self.kind == .halfOpen ? .reset : .plain, now, &output)
        case .closing(_, let rest):
            output.actions.append(.close(.plain))
            self.rest(rest, now)
        }
    }

    /// It wasn't let in.
    mutating func giveUp(status: Int, _ manner: CloseManner, _ now: Instant, _ output: inout ClientOutput) {
        output.events.append(.refused(client: self.client, status: status))
        output.actions.append(.close(manner))
        self.rest(self.backoff(), now)
    }

    /// Has no socket any more; nil is for ever.
    mutating func rest(_ pause: Duration?, _ now: Instant) {
        self.reader = FrameReader()
        self.state = pause.map { .resting(until: now + $0) } ?? .gone
    }

    /// The next pause of those that grow.
    mutating func backoff() -> Duration {
        defer { self.failures += 1 }
        return self.habits.backoffPause(after: self.failures, &self.random)
    }
}
