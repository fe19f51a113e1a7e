import NIOCore

/// The sessions of a shard that are owed nothing, and whose sockets hold nothing back: all are to be given the same.
///
/// What one of them would do with a batch is known without asking it: write it. So a broadcast is a loop of send(2)
/// over descriptors that lie side by side, and touches nothing else of a session whose socket takes all. What they have
/// been sent is counted once for all; a session's own part is what was counted since it came.
struct CaughtUpSessions {
    private var sockets: [KernelSocket] = []
    private var records: [SessionRecord] = []
    private var sent = SentCount()
    private var lastSend: ContinuousClock.Instant?

    var count: Int { self.records.count }

    /// Takes in a session that isn't here yet.
    mutating func join(_ record: SessionRecord, socket: KernelSocket) {
        record.place = SessionRecord.Place(index: self.records.count, sentBefore: self.sent)
        self.sockets.append(socket)
        self.records.append(record)
    }

    /// Lets a session go, if it is here, with what it was sent counted as its own.
    mutating func leave(_ record: SessionRecord) {
        guard let place = record.place else { return }
        self.settle(record)
        record.place = nil
        let (lastSocket, lastRecord) = (self.sockets.removeLast(), self.records.removeLast())
        guard lastRecord !== record else { return }
        self.sockets[place.index] = lastSocket
        self.records[place.index] = lastRecord
        lastRecord.place?.index = place.index
    }

    /// Counts what a session was sent here as its own, up to now.
    func settle(_ record: SessionRecord) {
        guard let place = record.place, let lastSend = self.lastSend else { return }
        record.channel.wasSent(self.sent - place.sentBefore, last: lastSend)
        record.place?.sentBefore = self.sent
    }

    /// Gives everyone a batch.
    ///
    /// - Returns: those that haven't taken it whole, with the bytes that they have taken; they are here no more.
    mutating func send(_ batch: FrameBatch, now: ContinuousClock.Instant) -> [(record: SessionRecord, taken: Int)] {
        guard !self.records.isEmpty else { return [] }
        let cut = batch.bytes.withUnsafeReadableBytes { bytes in
            self.sockets.indices.compactMap { index in
                let taken = self.sockets[index].send(bytes)
                return taken == bytes.count ? nil : (record: self.records[index], taken: taken)
            }
        }
        for (record, _) in cut { self.leave(record) }
        self.sent.messages += batch.frames.count
        self.sent.bytes += batch.bytes.readableBytes
        self.lastSend = now
        return cut
    }
}

/// Messages and bytes that have gone to a socket.
struct SentCount {
    var messages = 0
    var bytes = 0

    static func - (lhs: Self, rhs: Self) -> Self {
        Self(messages: lhs.messages - rhs.messages, bytes: lhs.bytes - rhs.bytes)
    }
}
