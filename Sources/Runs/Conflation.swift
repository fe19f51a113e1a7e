/// What is to be sent of each run, and when: the rules of contract §3 and §4 on leaving updates out.
///
/// An update waits `ready`, or held back within its run's interval; there, a newer one of the same run replaces it, and
/// it is dropped where the run goes back to what its last message said. A terminal message is always ready, takes the
/// place of a waiting update, and stays whatever comes after it. Each run's messages keep their order.
///
/// One update gives no way to a terminal message: one that is ready and follows the very same terminal message. It
/// tells the two apart. Where it is held back, the terminal message goes out a second time without it.
struct Conflation: Sendable {
    private var recents: RecentUpdates
    private var ready: [PendingMessage?] = []
    /// Where in `ready` each run's last message stands.
    private var tails: [RunKey: Int] = [:]
    private var readySince: ContinuousClock.Instant?

    /// What is ready and can't be replaced: terminal messages, and the updates that tell two of them apart.
    private(set) var sealed = LedgerLimit(messages: 0, bytes: 0)
    /// How many updates were left out in favour of something newer.
    private(set) var conflated = 0

    /// Makes at most one update of each run in `interval`.
    init(interval: Duration) {
        self.recents = RecentUpdates(interval: interval)
    }

    /// How many messages are ready or held back.
    var waiting: Int { self.ready.count + self.recents.heldCount }

    /// Whether nothing is kept of any run.
    var isEmpty: Bool { self.waiting == 0 && self.tails.isEmpty && self.recents.count == 0 }

    /// When ``take(now:room:)`` next has something to give: in the past where something is ready.
    ///
    /// - Parameter hasRoom: Whether updates may be taken; without, only terminal messages are counted as ready.
    /// - Returns: Nil where nothing waits.
    func nextDue(hasRoom: Bool) -> ContinuousClock.Instant? {
        guard hasRoom || self.sealed.messages > 0 else { return nil }
        return self.readySince ?? self.recents.nextDue
    }

    /// Takes in that a run differs from what it was.
    mutating func changed(_ change: PendingMessage, now: ContinuousClock.Instant) {
        if change.isTerminal {
            self.ended(change, now: now)
        } else {
            self.updated(change, now: now)
        }
    }

    /// Forgets a deleted run: its held-back update is dropped, and whatever comes of its id is new.
    mutating func forget(_ key: RunKey) {
        if self.recents.dropHeld(key) { self.conflated += 1 }
        guard let tail = self.tails[key] else { return }
        if self.ready[tail]?.isVoid == true {
            self.remove(key, at: tail)
        } else {
            self.ready[tail]?.before = nil
        }
    }

    /// Drops what waits of a run, except terminal messages: its state counts as pushed.
    mutating func settle(_ key: RunKey) {
        self.forget(key)
        guard let tail = self.tails[key], self.ready[tail]?.isTerminal == false else { return }
        self.remove(key, at: tail)
        self.conflated += 1
    }

    /// Takes in that someone was told what waits, by a snapshot: it goes out even if the run goes back to what it was.
    mutating func disclosed() {
        for index in self.ready.indices { self.ready[index]?.before = nil }
        self.recents.disclosed()
    }

    /// Drops everything but the count.
    mutating func drop(interval: Duration) {
        let conflated = self.conflated
        self = Conflation(interval: interval)
        self.conflated = conflated
    }

    /// Takes all that may go out now, in order: every terminal message, and as many updates as there is room for.
    ///
    /// - Parameters:
    ///   - now: Decides which held-back updates are due.
    ///   - room: What updates may fill, that which ``sealed`` needs not counted.
    /// - Returns: The messages to be made, oldest first.
    mutating func take(now: ContinuousClock.Instant, room: LedgerLimit) -> [PendingMessage] {
        for message in self.recents.advance(to: now) { self.append(message, now: now) }
        let (batch, tails) = self.emptied()
        var room = room
        var taken: [PendingMessage] = []
        for (index, message) in batch.enumerated() {
            guard let message, !message.isVoid else { continue }
            if message.isTerminal {
                taken.append(message)
            } else if tails[message.key] != index {
                self.takeSealed(message, into: &taken, now: now)
            } else if !self.recents.hold(message, now: now) {
                self.takeUpdate(message, into: &taken, room: &room, now: now)
            }
        }
        return taken
    }

    /// An update that something follows: it can't wait, so it goes now or never.
    private mutating func takeSealed(
        _ update: PendingMessage,
        into taken: inout [PendingMessage],
        now: ContinuousClock.Instant
    ) {
        if self.recents.made(update.key, now: now) {
            taken.append(update)
        } else {
            self.conflated += 1
        }
    }

    /// An update that may go, unless there is no room: then it stays ready.
    private mutating func takeUpdate(
        _ update: PendingMessage,
        into taken: inout [PendingMessage],
        room: inout LedgerLimit,
        now: ContinuousClock.Instant
    ) {
        if !room.isSpent, self.recents.made(update.key, now: now) {
            room.subtract(update)
            taken.append(update)
        } else {
            self.append(update, now: now)
        }
    }

    private mutating func emptied() -> (batch: [PendingMessage?], tails: [RunKey: Int]) {
        defer {
            self.ready = []
            self.tails = [:]
            self.readySince = nil
            self.sealed = LedgerLimit(messages: 0, bytes: 0)
        }
        return (self.ready, self.tails)
    }

    private mutating func updated(_ change: PendingMessage, now: ContinuousClock.Instant) {
        let key = change.key
        if let tail = self.tails[key], let waiting = self.ready[tail], !waiting.isTerminal {
            self.replace(waiting, at: tail, with: change.state)
        } else if let held = self.recents.held(key) {
            self.replaceHeld(held, with: change.state)
        } else if !self.recents.hold(change, now: now) {
            self.append(change, now: now)
        }
    }

    private mutating func ended(_ change: PendingMessage, now: ContinuousClock.Instant) {
        let key = change.key
        if self.recents.dropHeld(key) { self.conflated += 1 }
        guard let tail = self.tails[key], let waiting = self.ready[tail], !waiting.isTerminal else {
            self.append(change, now: now)
            return
        }
        if waiting.before == change.state {
            self.sealed.add(waiting)
            self.append(change, now: now)
        } else {
            self.replace(waiting, at: tail, with: change.state)
            self.sealed.add(change)
        }
    }

    private mutating func replace(_ waiting: PendingMessage, at index: Int, with state: RunState) {
        // One that says nothing has been counted when the run went back.
        if !waiting.isVoid { self.conflated += 1 }
        self.ready[index]?.state = state
    }

    private mutating func replaceHeld(_ held: PendingMessage, with state: RunState) {
        self.conflated += 1
        if held.before == state {
            _ = self.recents.dropHeld(held.key)
        } else {
            self.recents.replaceHeld(held.key, with: state)
        }
    }

    private mutating func remove(_ key: RunKey, at index: Int) {
        self.ready[index] = nil
        self.tails[key] = nil
    }

    private mutating func append(_ message: PendingMessage, now: ContinuousClock.Instant) {
        if self.readySince == nil { self.readySince = now }
        self.tails[message.key] = self.ready.count
        self.ready.append(message)
        if message.isTerminal { self.sealed.add(message) }
    }
}
