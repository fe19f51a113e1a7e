@testable import BrainSoak

/// A client's machine with a clock that a test moves, and all that came of it.
struct MachineDesk {
    var machine: ClientMachine
    var now = ContinuousClock.now
    var output = ClientOutput()
    private static let plan = CrowdPlan(port: 5221, kinds: [], runs: 100, seed: 3)

    init(_ kind: ClientKind, _ change: (inout CrowdPlan) -> Void = { _ in }) {
        var plan = Self.plan
        change(&plan)
        self.machine = ClientMachine(5, kind, plan, start: self.now)
    }

    /// One that has seen its 101; what it did before is forgotten.
    static func open(_ kind: ClientKind, _ change: (inout CrowdPlan) -> Void = { _ in }) -> MachineDesk {
        var desk = MachineDesk(kind, change)
        desk.open()
        desk.output = ClientOutput()
        return desk
    }

    /// Connects, once it is rested.
    mutating func open() {
        self.elapse()
        self.connect()
        self.receive(Wire.accepted)
    }

    /// Moves the clock to the machine's deadline, and tells it.
    mutating func elapse() {
        self.now = self.machine.deadline ?? self.now
        self.machine.elapsed(self.now, &self.output)
    }

    mutating func connect() { self.machine.connected(self.now, &self.output) }

    mutating func receive(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.machine.received($0, self.now, &self.output) }
    }

    mutating func end() { self.machine.ended(self.now, &self.output) }

    mutating func depart() { self.machine.depart(self.now, &self.output) }

    /// How long it rests from now on; nil where it doesn't.
    var pause: Duration? {
        if case .resting(let until) = self.machine.state { until - self.now } else { nil }
    }

    var isClosing: Bool {
        if case .closing = self.machine.state { true } else { false }
    }

    /// What it sent, unmasked: the first byte and the payload.
    var sent: [[UInt8]] {
        self.output.actions.compactMap { action in
            guard case .send(let frame) = action, frame.count >= 6, frame[1] & 0x80 != 0 else { return nil }
            return [frame[0]] + frame.dropFirst(6).enumerated().map { $0.element ^ frame[2 + $0.offset % 4] }
        }
    }
}
