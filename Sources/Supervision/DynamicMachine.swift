/// A dynamic supervisor's decisions: who may start, who is gone, and when it gives up.
///
/// Each child has a number of its own for as long as it is there. What is told by a number that is gone
/// changes nothing, so that a new child isn't taken for one that was left behind under the same id.
struct DynamicMachine<ID: Hashable & Sendable>: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Phase: Sendable, Equatable {
        /// Not run yet. To: running, stopping.
        case idle
        /// Children come and go. To: stopping.
        case running
        /// All children were told to stop. To: finished.
        case stopping(Outcome)
        /// None is left.
        case finished(Outcome)
    }

    enum Outcome: Sendable, Equatable {
        case shutdown
        case gaveUp(child: String, reason: String)
    }

    enum Action: Sendable, Equatable {
        case child(Int, ChildMachine.Action)
        /// Whoever waits for its start has it.
        case started(Int)
        /// It is gone, its place free; the cause where it never started.
        case gone(Int, Cause?)
        /// The last one is gone: whoever waits for that goes on.
        case finish
    }

    fileprivate struct Member: Sendable {
        let id: ID
        var machine: ChildMachine
        /// Its deadline, as it is in the heap; nil: none is.
        var due: Instant?
    }

    private(set) var phase = Phase.idle
    private let template: ChildTemplate
    private let path: String
    private let limit: Int
    private let stopLimit: Duration
    private var members: [Int: Member] = [:]
    private var numbers: [ID: Int] = [:]
    private var deadlines = DeadlineHeap<Int>()
    private var storm: RestartBudget?
    private var cutAt: Instant?
    private var lastNumber = 0

    /// - Parameters:
    ///   - template: What the children have in common.
    ///   - path: What their ids follow in events.
    ///   - limit: How many there may be.
    ///   - stopLimit: For all of them together to stop.
    init(template: ChildTemplate, path: String, limit: Int, stopLimit: Duration) {
        self.template = template
        self.path = path
        self.limit = limit
        self.stopLimit = stopLimit
        self.storm = template.storm.map(RestartBudget.init)
    }

    /// What makes no sense in the template; see ``Branch/faults(_:)``.
    var faults: [String] { self.template.faults }

    /// How many are there, in whatever state.
    var count: Int { self.members.count }

    /// When ``tick(now:random:)`` has something to do; nil: nothing waits for time.
    var nextDeadline: Instant? {
        guard self.outcome == nil else { return nil }
        return [self.deadlines.first?.deadline, self.cutAt].compactMap(\.self).min()
    }

    /// How it ended; nil: it hasn't.
    var outcome: Outcome? {
        guard case .finished(let outcome) = self.phase else { return nil }
        return outcome
    }

    /// The number of the child with the id; nil: there is none.
    func number(of id: ID) -> Int? { self.numbers[id] }

    /// The id of the child with the number.
    func id(of number: Int) -> ID? { self.members[number]?.id }

    /// The path of the child with the number.
    func name(of number: Int) -> String { self.members[number]?.machine.name ?? "" }

    /// Children may come from now on.
    mutating func runCalled() {
        guard self.phase == .idle else { return }
        self.phase = .running
    }

    /// A child is to be there.
    ///
    /// - Throws: Any but ``DynamicStartFailure/startFailed(child:underlying:)`` and
    ///   ``DynamicStartFailure/ended(child:)``; then nothing has changed.
    mutating func startCalled(_ id: ID, now: Instant) throws(DynamicStartFailure) -> (number: Int, [Action]) {
        guard self.phase == .running else { throw .notRunning }
        guard self.numbers[id] == nil else { throw .alreadyThere(child: self.path + "\(id)") }
        guard self.count < self.limit else { throw .limitReached(self.limit) }
        self.lastNumber += 1
        self.numbers[id] = self.lastNumber
        self.members[self.lastNumber] = Member(id: id, machine: self.template.machine("\(id)", below: self.path))
        let number = self.lastNumber
        return (number, self.forward(number) { $0.start(now: now) })
    }

    /// The child is to go.
    mutating func endCalled(_ number: Int, now: Instant) -> [Action] {
        self.forward(number) { $0.close() + $0.stop(now: now) } + self.proceed()
    }

    /// All are to go, at the same time; nobody comes any more.
    mutating func shutdownCalled(now: Instant) -> [Action] {
        self.close(.shutdown, now: now) + self.proceed()
    }

    /// The time to stop is over, whether or not it had begun.
    mutating func cutShort(now: Instant) -> [Action] {
        self.close(.shutdown, now: now) + self.leaveBehind() + self.proceed()
    }
}

/// What children tell, and time.
extension DynamicMachine {
    /// A child's instance called `started()`.
    mutating func started(_ number: Int, _ generation: Int, now: Instant) -> [Action] {
        let actions = self.forward(number) { $0.started(generation, now: now) }
        return actions.isEmpty ? [] : actions + [.started(number)]
    }

    /// A child's instance gave its sign of life.
    mutating func answered(_ number: Int, _ generation: Int) {
        self.members[number]?.machine.answered(generation)
    }

    /// A child's `stop()` is back.
    mutating func drained(_ number: Int, _ generation: Int) -> [Action] {
        self.forward(number) { $0.drained(generation) } + self.proceed()
    }

    /// A child's `run` is back, with an error or without.
    mutating func ended(_ number: Int, _ generation: Int, cause: Cause?, now: Instant, random: Double) -> [Action] {
        self.forward(number, failing: now) { $0.ended(generation, cause: cause, now: now, random: random) }
            + self.proceed()
    }

    /// Time has passed.
    mutating func tick(now: Instant, random: Double) -> [Action] {
        var actions: [Action] = []
        while let entry = self.deadlines.popDue(now) {
            guard self.members[entry.key]?.due == entry.deadline else { continue }
            self.members[entry.key]?.due = nil
            actions += self.forward(entry.key, failing: now) { $0.tick(now: now, random: random) }
        }
        return actions + self.cut(now: now) + self.proceed()
    }
}

extension DynamicMachine {
    /// Feeds an input to a child's machine; `failing` is given where it may tell of a failure.
    private mutating func forward(
        _ number: Int,
        failing now: Instant? = nil,
        _ input: (inout ChildMachine) -> [ChildMachine.Action]
    ) -> [Action] {
        guard let actions = self.members[number]?.feed(input) else { return [] }
        let storm = now.map { self.count(actions, of: number, now: $0) } ?? []
        return actions.map { .child(number, $0) } + storm + self.settle(number)
    }

    /// Counts a failure that isn't a temporary child's, and gives up where it is one too many of all together.
    private mutating func count(_ actions: [ChildMachine.Action], of number: Int, now: Instant) -> [Action] {
        guard actions.contains(where: \.isCountedFailure), self.storm?.failed(at: now) == false,
            let machine = self.members[number]?.machine
        else { return [] }
        return self.close(.gaveUp(child: machine.spec.id, reason: machine.lastFailure ?? ""), now: now)
    }

    /// Lets go of a child that is over, and notes the deadline of any other.
    private mutating func settle(_ number: Int) -> [Action] {
        guard let isOver = self.members[number]?.machine.isOver else { return [] }
        guard isOver else {
            self.schedule(number)
            return []
        }
        guard let member = self.members.removeValue(forKey: number) else { return [] }
        self.numbers[member.id] = nil
        return [.gone(number, member.machine.startFailure)]
    }

    private mutating func schedule(_ number: Int) {
        let due = self.members[number]?.machine.nextDeadline
        guard let due, due != self.members[number]?.due else { return }
        self.members[number]?.due = due
        self.deadlines.push(number, at: due)
        guard self.deadlines.count > 2 * self.count + 64 else { return }
        self.deadlines = DeadlineHeap()
        for (number, member) in self.members {
            if let due = member.due { self.deadlines.push(number, at: due) }
        }
    }

    private mutating func close(_ outcome: Outcome, now: Instant) -> [Action] {
        switch self.phase {
        case .idle, .running: self.phase = .stopping(outcome)
        case .stopping, .finished: return []
        }
        self.cutAt = now + self.stopLimit
        return self.lastFirst.flatMap { number in self.forward(number) { $0.close() + $0.stop(now: now) } }
    }

    /// The limit of the whole stop begins anew where it passed while the process stood still.
    private mutating func cut(now: Instant) -> [Action] {
        guard let cutAt = self.cutAt, now >= cutAt else { return [] }
        guard now - cutAt <= Standstill.allowed else {
            self.cutAt = now + self.stopLimit
            return []
        }
        return self.leaveBehind()
    }

    private mutating func leaveBehind() -> [Action] {
        self.cutAt = nil
        let limit = self.stopLimit
        return self.lastFirst.flatMap { number in self.forward(number) { $0.abandon(after: limit) } }
    }

    private mutating func proceed() -> [Action] {
        guard case .stopping(let outcome) = self.phase, self.members.isEmpty else { return [] }
        self.phase = .finished(outcome)
        self.cutAt = nil
        return [.finish]
    }

    private var lastFirst: [Int] { self.members.keys.sorted(by: >) }
}

extension DynamicMachine.Member {
    fileprivate mutating func feed(_ input: (inout ChildMachine) -> [ChildMachine.Action]) -> [ChildMachine.Action] {
        input(&self.machine)
    }
}
