import Supervision
import Synchronization

/// Drains the sessions that the tree has left, once it is down.
///
/// The child `sessions` does that in its turn, unless it was between two lives then, or had none left. It is a part of
/// the drain: it has what the stop of the tree has left of the time.
final class LastDrain: Sendable {
    private let house: House
    private let began = Mutex<ContinuousClock.Instant?>(nil)

    init(of house: House) {
        self.house = house
    }

    /// The tree begins to stop with the first child whose turn it is, or with one that is given up.
    func heard(_ event: SupervisionEvent, now: ContinuousClock.Instant) {
        switch event {
        case .gaveUp, .stopping: self.began.withLock { $0 = $0 ?? now }
        default: break
        }
    }

    /// Returns at once where nobody is left.
    func run() async {
        guard self.house.directory.count > 0 else { return }
        await self.house.makeSessions(drainTimeout: self.rest(at: .now)).stop()
    }

    private func rest(at now: ContinuousClock.Instant) -> Duration {
        let spent = self.began.withLock { $0.map { now - $0 } ?? .zero }
        return max(.zero, self.house.configuration.server.drainTimeout - spent)
    }
}
