import NIOCore

/// The sessions of a shard that are owed nothing by their sockets: all are to be given the same, at the same time.
///
/// What one of them would do with a batch is known without asking it: write it. So a broadcast is a loop of send(2)
/// over descriptors that lie side by side, and touches nothing else of a session whose socket takes all. What they have
/// been sent is counted once for all, and so is their push rate: what it holds back waits for all of them in one outlet,
/// and goes with a session that leaves. Who comes waits until nothing is held back.
struct CaughtUpSessions {
    private var sockets: [KernelSocket] = []
    private(set) var records: [SessionRecord] = []
    private var sent = SentCount()
    private var lastSend: ContinuousClock.Instant?
    /// What the push rate holds back.
    private(set) var outlet: Outlet

    init(settings: SessionSettings) {
        self.outlet = Outlet(settings: settings, awaitsSnapshot: false)
    }

    var count: Int { self.records.count }

    /// Takes in a session that isn't here yet; false while the others wait for something.
    mutating func join(_ record: SessionRecord) -> Bool {
        guard self.outlet.isIdle, let socket = record.channel.socket else { return false }
        record.place = SessionRecord.Place(index: self.records.count, sentBefore: self.sent)
        self.sockets.append(socket)
        self.records.append(record)
        self.outlet.skipped(through: record.channel.outlet.mailbox.lastNumber)
        return true
    }

    /// Lets a session go, if it is here, with what it was sent counted as its own, and what waits for it.
    mutating func leave(_ record: SessionRecord) {
        guard let place = record.place else { return }
        self.settle(record)
        record.channel.inherit(self.outlet)
        record.place = nil
        let (lastSocket, lastRecord) = (self.sockets.removeLast(), self.records.removeLast())
        // What waits was for those who have left, and each has it.
        if self.records.isEmpty { self.outlet.removeAll() }
        guard lastRecord !== record else { return }
        self.sockets[place.index] = lastSocket
        self.records[place.index] = lastRecord
        lastRecord.place?.index = place.index
    }

    /// Counts what a session was sent here as its own, up to now.
    func settle(_ record: SessionRecord) {
        guard let place = record.place else { return }
        record.channel.wasSent(self.sent - place.sentBefore, last: self.lastSend)
        record.place?.sentBefore = self.sent
    }
}

// MARK: Delivery
extension CaughtUpSessions {
    /// A session whose socket hasn't taken what all were given; it is here no more.
    struct Cut {
        let record: SessionRecord
        /// What counts as sent: the frames that the kernel has taken, and the one that it has begun.
        var sent = SentCount()
        /// The number of the last of these; 0 where there is none.
        var lastSent: UInt64 = 0
        /// What the kernel hasn't taken of what it has begun.
        var begun: ByteBuffer?
        /// The frames that wait.
        var frames: ArraySlice<BroadcastFrame> = []
    }

    /// Gives everyone a batch, or what the push rate allows of it and of what waits.
    ///
    /// - Returns: those that haven't taken it.
    mutating func deliver(_ batch: FrameBatch, now: ContinuousClock.Instant) -> [Cut] {
        guard !self.records.isEmpty else { return [] }
        let before = self.outlet
        if self.outlet.lets(batch, past: Moment(now)) {
            return self.send(batch, before: before, now: now)
        }
        for frame in batch.frames where !self.hold(frame, now: now) { return self.dissolved(batch) }
        return self.resume(now: now)
    }

    /// Takes this for the waiting bytes.
    mutating func recount(to bytes: Int) {
        self.outlet.recount(to: bytes)
    }

    /// Gives everyone what waits, as far as the push rate allows by now.
    mutating func resume(now: ContinuousClock.Instant) -> [Cut] {
        var cut: [Cut] = []
        let moment = Moment(now)
        while !self.records.isEmpty, let piece = self.outlet.nextPiece(now: moment) {
            cut += self.send(piece, now: now)
        }
        return cut
    }

    /// False where the outlet is full.
    private mutating func hold(_ frame: BroadcastFrame, now: ContinuousClock.Instant) -> Bool {
        let outcome = self.outlet.offer(frame, now: now)
        if outcome == .conflated { self.sent.conflated += 1 }
        return outcome != .full
    }

    /// More would wait than may for one session: each has to see for itself.
    private mutating func dissolved(_ batch: FrameBatch) -> [Cut] {
        let cut = self.records.map { Cut(record: $0, frames: batch.frames[...]) }
        for record in self.records { self.leave(record) }
        return cut
    }

    private mutating func send(_ batch: FrameBatch, before: Outlet, now: ContinuousClock.Instant) -> [Cut] {
        let cut = self.write(batch.bytes).map { Cut($0.record, batch, taken: $0.taken) }
        let after = self.outlet
        self.outlet = before
        for cut in cut { self.leave(cut.record) }
        self.outlet = after
        self.note(SentCount(messages: batch.frames.count, bytes: batch.bytes.readableBytes), now: now)
        return cut
    }

    private mutating func send(_ piece: Outlet.Piece, now: ContinuousClock.Instant) -> [Cut] {
        let cut = self.write(piece.bytes).map { Cut(record: $0.record, begun: piece.bytes.rest(after: $0.taken)) }
        self.note(SentCount(messages: piece.messages, bytes: piece.bytes.readableBytes), now: now)
        for cut in cut { self.leave(cut.record) }
        return cut
    }

    private mutating func note(_ sent: SentCount, now: ContinuousClock.Instant) {
        self.sent = self.sent + sent
        self.lastSend = now
    }

    /// Those that haven't taken all of it, with what they have.
    private func write(_ bytes: ByteBuffer) -> [(record: SessionRecord, taken: Int)] {
        bytes.withUnsafeReadableBytes { bytes in
            self.sockets.indices.compactMap { index in
                let taken = self.sockets[index].send(bytes)
                return taken == bytes.count ? nil : (record: self.records[index], taken: taken)
            }
        }
    }
}

extension CaughtUpSessions.Cut {
    fileprivate init(_ record: SessionRecord, _ batch: FrameBatch, taken: Int) {
        let (whole, begun) = batch.place(of: taken)
        let sent = begun > 0 ? whole + 1 : whole
        self.init(record: record, frames: batch.frames[sent...])
        self.sent = SentCount(messages: whole, bytes: taken - begun)
        self.lastSent = sent > 0 ? batch.frames[sent - 1].number : 0
        guard begun > 0 else { return }
        self.begun = batch.frames[whole].bytes.rest(after: begun)
        self.sent = self.sent + SentCount(messages: 1, bytes: batch.frames[whole].bytes.readableBytes)
    }
}

/// What has gone to a socket.
struct SentCount {
    var messages = 0
    var bytes = 0
    /// Updates that took the place of a waiting one on the way.
    var conflated = 0

    static func + (lhs: Self, rhs: Self) -> Self {
        Self(
            messages: lhs.messages + rhs.messages,
            bytes: lhs.bytes + rhs.bytes,
            conflated: lhs.conflated + rhs.conflated
        )
    }

    static func - (lhs: Self, rhs: Self) -> Self {
        Self(
            messages: lhs.messages - rhs.messages,
            bytes: lhs.bytes - rhs.bytes,
            conflated: lhs.conflated - rhs.conflated
        )
    }
}

extension ByteBuffer {
    /// What follows the first bytes.
    fileprivate func rest(after count: Int) -> ByteBuffer {
        var rest = self
        rest.moveReaderIndex(forwardBy: count)
        return rest
    }
}
