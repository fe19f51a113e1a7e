import Glibc
import Supervision
import Synchronization

/// A child in which faults can be planted: the real one, beside which a fault waits for its time.
///
/// It is there only with `BRAIN_ENABLE_FAULTS`. What is inside knows nothing of it: a failure and a hang end its work
/// by cancellation, and slowness keeps its actor busy with something else.
final class FaultyChild: Child {
    private let child: any Child
    private let faults: ChildFaults
    private let slowness: Slowness
    private let isUp = Doorbell()
    private let silent = Atomic(false)

    /// - Parameters:
    ///   - child: the real one, which hasn't run yet.
    ///   - faults: where its faults come from.
    ///   - slowness: how slow it gets.
    init(_ child: any Child, faults: ChildFaults, slowness: Slowness = Slowness()) {
        self.child = child
        self.faults = faults
        self.slowness = slowness
    }

    /// Whether it gives no sign of life any more.
    var isSilent: Bool { self.silent.load(ordering: .acquiring) }

    /// Runs the real child, to its end or its fault.
    ///
    /// - Throws: the real child's error, or `FaultyChildError.planted`; a hang ends by cancellation alone.
    func run(started: @escaping @Sendable () -> Void) async throws {
        do {
            try await self.race(started)
        } catch FaultyChildError.hung {
            try await untilCancelled()
        }
    }

    func stop() async {
        await self.child.stop()
    }

    func signOfLife() async {
        guard !self.isSilent else {
            try? await untilCancelled()
            return
        }
        await self.child.signOfLife()
    }

    private func race(_ started: @escaping @Sendable () -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await self.child.run {
                    self.isUp.ring()
                    started()
                }
            }
            group.addTask { try await self.suffer() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Only a child that is up: one that fails before would spoil the start of the tree.
    private func suffer() async throws {
        try await self.isUp.wait()
        while true {
            switch try await self.faults.next().fault {
            case .failure: throw FaultyChildError.planted
            case .silence:
                self.silent.store(true, ordering: .releasing)
                throw FaultyChildError.hung
            case .slowness: try await self.slowness.befall(self.child)
            }
        }
    }
}

/// How slow a child gets: again and again its actor is busy, so that whatever else it is to do has to wait.
///
/// By default up to 100 ms for each thing, for 5 s.
struct Slowness: Sendable {
    /// How long its actor is busy at a time; a thread of the pool is as long, too.
    var length = Duration.milliseconds(100)
    /// How long it has for itself between two times.
    var pause = Duration.milliseconds(100)
    /// How many times.
    var count = 25

    fileprivate func befall(_ child: any Child) async throws {
        guard let actor = child as? any Actor else { return }
        for _ in 0..<self.count {
            await actor.beBusy(for: self.length)
            try await Task.sleep(for: self.pause)
        }
    }
}

extension Actor {
    fileprivate func beBusy(for length: Duration) {
        usleep(UInt32(length / .microseconds(1)))
    }
}

extension ChildSpec {
    /// The same line of the tree, with a child in which faults can be planted; without a place for them, itself.
    func exposed(to faults: PlantedFaults?) -> ChildSpec {
        guard let faults = faults?.faults(of: self.id) else { return self }
        return self.wrapped { FaultyChild($0, faults: faults) }
    }
}
