import NIOCore

/// What waits for a socket, and how fast it may go there (contract §1, `--queue-runs`, `--max-push-rate`).
struct Outlet {
    /// Messages that go to the socket in one write.
    struct Piece {
        var bytes: ByteBuffer
        var messages = 1
    }

    /// A piece is full with the frame that reaches this: more in one write gains nothing, and can't be conflated.
    private static let pieceBytes = 16 << 10

    private(set) var mailbox: Mailbox
    private var budget: PushBudget

    init(settings: SessionSettings, awaitsSnapshot: Bool) {
        self.mailbox = Mailbox(limit: settings.mailbox, awaitsSnapshot: awaitsSnapshot)
        self.budget = PushBudget(rate: settings.maxPushRate)
    }

    /// Whether nothing waits, not even for a snapshot.
    var isIdle: Bool { self.mailbox.isEmpty && !self.mailbox.awaitsSnapshot }

    /// Whether all that waits are updates, which go at the push rate.
    var isHeldBack: Bool { self.mailbox.nextKind == .update }

    /// Takes in a frame, or says why not.
    mutating func offer(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Mailbox.Outcome {
        self.mailbox.offer(frame, now: now)
    }

    /// Whether a batch may go to the socket at once and whole, past the mailbox; it is then counted as gone.
    mutating func lets(_ batch: FrameBatch, past now: Moment) -> Bool {
        guard self.isIdle else { return false }
        var budget = self.budget
        guard budget.take(batch.updates, now: now) == batch.updates else { return false }
        budget.spend(terminals: batch.frames.count - batch.updates, now: now)
        self.budget = budget
        self.mailbox.skipped(through: batch.lastNumber ?? 0)
        return true
    }

    /// Takes out what goes next; nil where nothing waits, or all of it is held back.
    mutating func nextPiece(now: Moment) -> Piece? {
        guard let first = self.next(now: now) else { return nil }
        var piece = Piece(bytes: first)
        while piece.bytes.readableBytes < Self.pieceBytes, let frame = self.next(now: now) {
            piece.bytes.writeImmutableBuffer(frame)
            piece.messages += 1
        }
        return piece
    }

    /// Lets everything go at the socket's pace from now on.
    mutating func liftRate() {
        self.budget = PushBudget(rate: 0)
    }

    /// Notes that frames up to a number are on their way.
    mutating func skipped(through number: UInt64) {
        self.mailbox.skipped(through: number)
    }

    /// Lets a snapshot go out, taken after all that waits.
    mutating func begin(with snapshot: [ByteBuffer]) {
        self.mailbox.begin(with: snapshot)
    }

    /// Takes this for the waiting bytes.
    mutating func recount(to bytes: Int) {
        self.mailbox.recount(to: bytes)
    }

    /// Forgets everything that waits.
    mutating func removeAll() {
        self.mailbox.removeAll()
    }

    private mutating func next(now: Moment) -> ByteBuffer? {
        switch self.mailbox.nextKind {
        case .update where self.budget.take(1, now: now) == 0: return nil
        case .terminal: self.budget.spend(terminals: 1, now: now)
        case .update, .preface, nil: break
        }
        return self.mailbox.next()
    }
}
