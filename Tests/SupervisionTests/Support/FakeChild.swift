import Supervision
import Synchronization

struct Fault: Error, CustomStringConvertible {
    let description: String
}

/// A child that does what the test tells it, and nothing of itself.
final class FakeChild: Child {
    enum Command {
        case start
        case fail(String)
        case finish
    }

    struct Manner: OptionSet {
        let rawValue: Int
        static let ignoresCancellation = Manner(rawValue: 1)
        static let holdsStop = Manner(rawValue: 2)
        static let isMute = Manner(rawValue: 4)
    }

    private let nursery: Nursery
    private let cancelled = Atomic(false)
    private let commands: AsyncStream<Command>
    private let teller: AsyncStream<Command>.Continuation
    /// Lets a held `stop()` return.
    let gate = Probe<Void>()

    init(_ nursery: Nursery) {
        self.nursery = nursery
        (self.commands, self.teller) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(16))
    }

    deinit { self.nursery.released.send(()) }

    var isCancelled: Bool { self.cancelled.load(ordering: .acquiring) }

    func tell(_ commands: Command...) {
        for command in commands { self.teller.yield(command) }
    }

    func run(started: @escaping @Sendable () -> Void) async throws {
        try await withTaskCancellationHandler {
            guard self.nursery.manner.contains(.ignoresCancellation) else {
                return try await Self.obey(self.commands, started)
            }
            try await Task.detached { [commands] in try await Self.obey(commands, started) }.value
        } onCancel: {
            self.cancelled.store(true, ordering: .releasing)
        }
    }

    func stop() async {
        self.nursery.stops.send(())
        if self.nursery.manner.contains(.holdsStop) { await self.gate.wait() }
    }

    func signOfLife() async {
        self.nursery.questions.send(())
        if self.nursery.manner.contains(.isMute) { await self.gate.wait() }
    }

    private static func obey(_ commands: AsyncStream<Command>, _ started: @Sendable () -> Void) async throws {
        for await command in commands {
            switch command {
            case .start: started()
            case .fail(let words): throw Fault(description: words)
            case .finish: return
            }
        }
    }
}

/// Makes the instances of one child and hands each to the test.
final class Nursery: Sendable {
    let id: String
    let manner: FakeChild.Manner
    let made = Probe<FakeChild>()
    let stops = Probe<Void>()
    let questions = Probe<Void>()
    let released = Probe<Void>()

    init(_ id: String, _ manner: FakeChild.Manner = []) {
        self.id = id
        self.manner = manner
    }

    func spec(_ restart: RestartPolicy = .permanent) -> ChildSpec {
        ChildSpec(id: self.id, purpose: "a fake", restart: restart) { self.make() }
    }

    func make() -> FakeChild {
        let child = FakeChild(self)
        self.made.send(child)
        return child
    }
}
