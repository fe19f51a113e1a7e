/// What a walsender sends within COPY (PostgreSQL manual, 55.4 "Streaming Replication Protocol").
package enum ReplicationMessage: Sendable, Equatable {
    /// A message of the output plugin ('w').
    case data(PgOutputMessage)
    /// The server's sign of life ('k'): all up to `end` has been sent.
    case keepalive(end: LogPosition, wantsReply: Bool)

    /// Decodes one message of the COPY stream.
    ///
    /// - Parameter bytes: the whole message.
    /// - Throws: `malformed` for bytes that the protocol's version 1 doesn't have.
    init(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        var reader = MessageReader(bytes)
        switch try reader.integer(UInt8.self) {
        case UInt8(ascii: "w"):
            // Where the record begins, the end of the log, and the server's clock: the plugin's message has its own.
            _ = try reader.take(24)
            self = .data(try PgOutputMessage(&reader))
        case UInt8(ascii: "k"):
            let end = LogPosition(offset: try reader.integer())
            _ = try reader.take(8)
            self = .keepalive(end: end, wantsReply: try reader.integer(UInt8.self) != 0)
        case let other:
            throw .malformed("a replication message of kind \(other)")
        }
        guard reader.isAtEnd else {
            throw .malformed("a replication message goes on after its end")
        }
    }
}

/// What the reader of a stream tells the server ('r', same chapter): how far it has come.
package struct StandbyStatus: Sendable, Equatable {
    /// All before it has arrived.
    package var received: LogPosition
    /// All before it needn't be kept for this reader; ``LogPosition/none`` says nothing of it, and a reader that says
    /// nothing of it never counts as a synchronous standby (SyncRepGetCandidateStandbys).
    package var flushed: LogPosition
    /// Whether the server shall answer with a keepalive at once.
    package var wantsReply: Bool

    /// Makes a status.
    package init(received: LogPosition, flushed: LogPosition, wantsReply: Bool) {
        self.received = received
        self.flushed = flushed
        self.wantsReply = wantsReply
    }

    /// The message's bytes; its clock is left at 2000-01-01, since the server shows it and nothing else.
    var bytes: [UInt8] {
        var bytes = [UInt8(ascii: "r")]
        for field in [self.received.offset, self.flushed.offset, self.flushed.offset, 0] {
            bytes.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: field >> (56 - 8 * $0)) })
        }
        bytes.append(self.wantsReply ? 1 : 0)
        return bytes
    }
}
