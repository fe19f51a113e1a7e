@testable import BrainSoak

/// Writers, a Brain that does as the contract says, and its clients: all by chance, all told to an oracle.
///
/// It leaves out updates, is away from the database at times, and sends each client what waits for it at some later turn.
struct SimulatedBrain {
    private(set) var oracle: SoakOracle
    private(set) var now = ContinuousClock.now
    private let kinds: [ClientKind]
    private var generator: SeededGenerator
    /// By run: the last number used, and the row.
    private var numbers: [Int]
    private var rows: [RunStep?]
    private var unacknowledged: [RunStep] = []
    /// The runs changed while the database is out of reach; nil while it isn't.
    private var missed: Set<Int>?
    /// By client: what waits for it; nil for one that isn't there, or never reads.
    private var waiting: [[RunStep]?]
    private var heard: [RunStep?]

    init(seed: UInt64, runs: Int = 6) {
        self.kinds = [.steady, .steady, .steady, .slow, .slow, .churning, .churning, .halfOpen]
        self.generator = SeededGenerator(seed: seed)
        self.oracle = SoakOracle(runs: runs, clients: self.kinds)
        self.numbers = Array(repeating: 0, count: runs)
        self.rows = Array(repeating: nil, count: runs)
        self.waiting = Array(repeating: nil, count: self.kinds.count)
        self.heard = Array(repeating: nil, count: self.kinds.count)
        for client in self.kinds.indices { self.join(client) }
    }

    var table: [Int: (number: Int, status: StepStatus)] {
        Dictionary(self.rows.compactMap(\.self).map { ($0.run, ($0.number, $0.status)) }) { $1 }
    }

    /// Something happens.
    mutating func turn() {
        self.now += .milliseconds(1)
        switch self.chance(of: 100) {
        case 0..<45: self.write()
        case 45..<85: self.deliver(to: self.chance(of: self.kinds.count), atMost: self.chance(of: 8))
        case 85..<93: self.acknowledge()
        case 93..<96: self.toggle(self.chance(of: 2) + 5)
        case 96: self.missed = self.missed ?? []
        case 97: self.reconnect()
        default: self.oracle.look(now: self.now)
        }
    }

    /// Time passes with all in order, until all is known.
    mutating func settle() {
        self.acknowledge()
        self.reconnect()
        for client in self.kinds.indices { self.deliver(to: client, atMost: .max) }
    }

    mutating func look(after time: Duration) {
        self.oracle.look(now: self.now)
        self.now += time
        self.oracle.look(now: self.now)
    }

    private mutating func chance(of bound: Int) -> Int { Int.random(in: 0..<bound, using: &self.generator) }

    // MARK: Writers

    private mutating func write() {
        let run = self.chance(of: self.rows.count)
        guard !self.unacknowledged.contains(where: { $0.run == run }) else { return }
        let status = StepStatus.allCases[self.chance(of: 4)]
        if self.chance(of: 10) == 0 { return self.rollBack(self.announce(run, status)) }
        let step = self.write(run, status)
        if self.chance(of: 3) == 0 {
            self.unacknowledged.append(step)
        } else {
            self.oracle.committed([step], now: self.now)
        }
    }

    /// Commits a step, and doesn't acknowledge it.
    private mutating func write(_ run: Int, _ status: StepStatus) -> RunStep {
        let step = self.announce(run, status)
        self.rows[run] = step
        if self.missed?.insert(run) == nil { self.push(step) }
        return step
    }

    private mutating func announce(_ run: Int, _ status: StepStatus) -> RunStep {
        self.numbers[run] += 1
        let step = RunStep(run: run, number: self.numbers[run], status: status)
        self.oracle.willCommit([step], now: self.now)
        return step
    }

    private mutating func rollBack(_ step: RunStep) { self.oracle.abandoned([step]) }

    private mutating func acknowledge() {
        self.oracle.committed(self.unacknowledged, now: self.now)
        self.unacknowledged = []
    }

    // MARK: Brain

    private mutating func push(_ step: RunStep) {
        for client in self.waiting.indices {
            guard let owed = self.waiting[client] else { continue }
            if let index = owed.lastIndex(where: { $0.run == step.run }), !owed[index].status.isTerminal,
                self.chance(of: 3) > 0
            {
                self.waiting[client]?.remove(at: index)
            }
            self.waiting[client]?.append(step)
        }
    }

    private mutating func reconnect() {
        for step in (self.missed ?? []).sorted().compactMap({ self.rows[$0] }) { self.push(step) }
        self.missed = nil
    }

    // MARK: Clients

    private mutating func join(_ client: Int) {
        self.oracle.apply(.joined(client: client), now: self.now)
        self.waiting[client] = self.kinds[client] == .halfOpen ? nil : []
    }

    private mutating func toggle(_ client: Int) {
        guard self.waiting[client] != nil else { return self.join(client) }
        self.waiting[client] = nil
        self.oracle.apply(.left(client: client, .cut), now: self.now)
    }

    private mutating func deliver(to client: Int, atMost count: Int) {
        guard let owed = self.waiting[client] else { return }
        for step in owed.prefix(count) { self.hear(step, by: client) }
        self.waiting[client] = Array(owed.dropFirst(count))
    }

    private mutating func hear(_ step: RunStep, by client: Int) {
        self.heard[client] = step
        self.oracle.apply(.heard(client: client, step), now: self.now)
    }
}

/// What a Brain may not do.
enum PlantedFault: CaseIterable, Sendable {
    case dropTerminal, dropLast, duplicate, delay, inventNumber, inventStatus, pushRolledBack

    var loss: SoakLoss.Kind {
        switch self {
        case .dropTerminal: .lostTerminal
        case .dropLast: .late
        case .duplicate, .delay: .disorder
        case .inventNumber, .inventStatus, .pushRolledBack: .invented
        }
    }
}

extension SimulatedBrain {
    /// Does what it may not, once, to the first client, of which it is sure that it stays.
    mutating func plant(_ fault: PlantedFault) {
        self.settle()
        let run = self.chance(of: self.rows.count)
        switch fault {
        case .dropTerminal: self.drop(run, .completed)
        case .dropLast: self.drop(run, .running)
        case .duplicate: if let step = self.heard[0] { self.hear(step, by: 0) }
        case .delay: self.delay(run)
        case .inventNumber: self.hear(RunStep(run: run, number: self.numbers[run] + 1, status: .queued), by: 0)
        case .inventStatus: self.inventStatus(run)
        case .pushRolledBack:
            let step = self.announce(run, .completed)
            self.rollBack(step)
            self.hear(step, by: 0)
        }
    }

    /// A step of each run that all hear.
    mutating func finish() {
        for run in self.rows.indices { self.oracle.committed([self.write(run, .running)], now: self.now) }
        self.settle()
    }

    private mutating func drop(_ run: Int, _ status: StepStatus) {
        self.oracle.committed([self.write(run, status)], now: self.now)
        self.waiting[0] = []
        self.settle()
        guard status.isTerminal else { return }
        self.oracle.committed([self.write(run, .queued)], now: self.now)
        self.settle()
    }

    private mutating func delay(_ run: Int) {
        let delayed = self.write(run, .running)
        self.oracle.committed([delayed], now: self.now)
        self.waiting[0] = []
        self.oracle.committed([self.write(run, .running)], now: self.now)
        self.settle()
        self.hear(delayed, by: 0)
    }

    private mutating func inventStatus(_ run: Int) {
        let step = self.write(run, .running)
        self.hear(RunStep(run: run, number: step.number, status: .failed), by: 0)
        self.oracle.committed([step], now: self.now)
        self.settle()
    }
}
