import Runs
import Supervision

/// The child `runs-repository`: takes what the capture saw, in order, and writes it into the ledger.
///
/// The ledger outlives it. After a crash the next instance asks for a look at the whole table, and passes over what
/// comes before it: what the one before had taken and not written is in that look.
package actor RunsRepository: Child {
    private let room: LedgerRoom
    private let channel: FeedChannel
    private let bell: FeedBell
    private let wake: @Sendable () -> Void
    private let onNews: @Sendable (RepositoryNews) -> Void
    private var strangers = StatusStrangers()
    /// Nothing counts before the first whole look that this instance saw from its beginning.
    private var isInStep = false

    /// A repository that isn't running yet.
    ///
    /// - Parameters:
    ///   - room: where the ledger is.
    ///   - channel: what the capture saw.
    ///   - bell: asks the capture for a look at the whole table.
    ///   - wake: is called after changes of the ledger; must not block.
    ///   - onNews: is told what a log should say; must not block.
    package init(
        room: LedgerRoom,
        channel: FeedChannel,
        bell: FeedBell,
        wake: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable (RepositoryNews) -> Void = { _ in }
    ) {
        self.room = room
        self.channel = channel
        self.bell = bell
        self.wake = wake
        self.onNews = onNews
    }

    /// Takes events until cancelled.
    ///
    /// At the daemon's start it is ready when the whole table has been taken in once; a later instance at once.
    ///
    /// - Parameter started: called when ready.
    /// - Throws: `CancellationError`.
    package func run(started: @escaping @Sendable () -> Void) async throws {
        let (claim, isLate) = self.channel.claim()
        var hasStarted = false
        if isLate {
            self.bell.requestResync()
        }
        while true {
            if !hasStarted, self.room.isFirstLookDone {
                hasStarted = true
                started()
            }
            self.apply(try await self.channel.take(claim))
            await Task.yield()
        }
    }

    /// Returns as soon as the actor gets to it.
    package func signOfLife() {}

    /// Writes one event into the ledger, and wakes who broadcasts if there is news.
    ///
    /// - Parameter event: what the capture saw.
    package func apply(_ event: FeedEvent) {
        guard self.isInStep || event == .sweepBegan else {
            return
        }
        switch event {
        case .sweepBegan:
            self.isInStep = true
            self.room.withLedger { $0.beginSweep() }
        case .rows(let rows):
            self.apply(rows)
        case .sweepEnded:
            self.endSweep()
        case .gone(let ids):
            self.apply(ids.map { .gone($0) })
        case .changes(let changes):
            self.apply(changes)
        }
    }

    private func endSweep() {
        let forgotten = self.room.withLedger { $0.endSweep() }
        if !self.room.isFirstLookDone {
            self.room.endFirstLook()
            self.onNews(.firstLook(runs: self.room.withLedger { $0.counts.runs }))
        } else if forgotten > 0 {
            self.onNews(.forgotten(runs: forgotten))
        }
    }

    /// In pieces, so that whoever broadcasts waits for none but a short one.
    private func apply(_ rows: [RunRow]) {
        let isFirstLook = !self.room.isFirstLookDone
        self.inPieces(rows) { row, ledger, now in
            isFirstLook ? ledger.found(row) : ledger.observed(row, now: now)
        }
    }

    private func apply(_ changes: [RunChange]) {
        self.inPieces(changes) { change, ledger, now in
            switch change {
            case .row(let row): return ledger.observed(row, now: now)
            case .gone(let id): ledger.gone(id)
            case .cleared: ledger.goneAll()
            }
            return .unchanged
        }
    }

    private func inPieces<Element: Sendable>(
        _ elements: [Element],
        _ observe: @Sendable (Element, inout RunLedger, ContinuousClock.Instant) -> Observation
    ) {
        for start in stride(from: 0, to: elements.count, by: 256) {
            let piece = elements[start..<min(start + 256, elements.count)]
            let now = ContinuousClock.now
            let observations = self.room.withLedger { ledger in piece.map { observe($0, &ledger, now) } }
            for observation in observations where observation != .changed && observation != .unchanged {
                self.note(observation)
            }
            // After each piece: a large transaction goes out while the rest is still taken in.
            if observations.contains(.changed) {
                self.wake()
            }
        }
    }

    private func note(_ observation: Observation) {
        switch observation {
        case .unknownStatus(let word) where self.strangers.met(word): self.onNews(.unknownStatus(word))
        case .incomplete: self.bell.requestResync()
        default: break
        }
    }
}

/// What a log should say about the rows.
package enum RepositoryNews: Sendable, Equatable {
    /// The table as found at the start.
    case firstLook(runs: Int)
    /// Rows that are no longer there.
    case forgotten(runs: Int)
    /// A status that is none of the known words, or NULL; told once per word.
    case unknownStatus(String?)
}

/// The status words that were warned of: bounded, since words come from outside.
///
/// Pure.
struct StatusStrangers: Sendable {
    /// Further words are counted by the ledger, and not warned of.
    static let limit = 1000

    private var words: Set<String?> = []

    /// Whether it is the first time.
    mutating func met(_ word: String?) -> Bool {
        guard self.words.count < Self.limit else {
            return false
        }
        return self.words.insert(word).inserted
    }
}
