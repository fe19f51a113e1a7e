import CLibPQ

/// One PGconn: libpq's asynchronous calls and nothing else, closed with its last reference.
///
/// Safety: only the actors of one ``PollThread`` call its methods, so never two threads at once (libpq manual, "Behavior
/// in Threaded Programs"); `deinit` runs when nobody else can.
final class LibPQSession: @unchecked Sendable {
    enum Flush {
        case done
        case pending
        case failed
    }

    private let connection: OpaquePointer
    /// What the server said when it ended the session; libpq treats it as a notice while no query is under way.
    private var farewell: String?

    /// Begins to connect; resolves host names, which blocks for as long as the resolver takes.
    init(_ target: ConnectionTarget) throws(PostgresError) {
        let parameters = target.parameters
        let connection = withCStrings(parameters.map(\.keyword)) { keywords in
            withCStrings(parameters.map(\.value)) { values in
                PQconnectStartParams(keywords, values, target.conninfo.isEmpty ? 0 : 1)
            }
        }
        guard let connection else {
            throw .resources("no memory for a connection")
        }
        self.connection = connection
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(connection, receiveNotice, Unmanaged.passUnretained(self).toOpaque())
        guard PQstatus(connection) != CONNECTION_BAD else {
            throw self.connectFailure
        }
    }

    deinit {
        PQfinish(self.connection)
    }

    /// The descriptor of now: it may change with each ``pollConnect()``; -1 where there is none.
    var socket: Int32 { PQsocket(self.connection) }

    var backendPID: Int32 { PQbackendPID(self.connection) }

    var serverVersion: Int32 { PQserverVersion(self.connection) }

    /// Goes on with connecting; to be called when the socket is ready for what the last call asked for.
    func pollConnect() throws(PostgresError) -> PostgresPollingStatusType {
        let status = PQconnectPoll(self.connection)
        guard status != PGRES_POLLING_FAILED else {
            throw self.connectFailure
        }
        return status
    }

    /// Prepares a session that is connected for queries.
    func becomeReady() throws(PostgresError) {
        PQsetErrorVerbosity(self.connection, PQERRORS_DEFAULT)
        guard PQsetnonblocking(self.connection, 1) == 0 else {
            throw .connectionLost(self.lossReason)
        }
    }

    /// Hands one statement to libpq; nothing may be under way.
    func send(_ statement: String, _ parameters: [String?]) throws(PostgresError) {
        guard let count = Int32(exactly: parameters.count) else {
            throw .refused("\(parameters.count) parameters are too many")
        }
        try self.check(
            withCStrings(parameters) { values in
                PQsendQueryParams(self.connection, statement, count, nil, values, nil, nil, 0)
            }
        )
    }

    /// Hands statements to libpq that the server takes as one transaction, by the simple protocol.
    func send(script: String) throws(PostgresError) {
        try self.check(PQsendQuery(self.connection, script))
    }

    func flush() -> Flush {
        switch PQflush(self.connection) {
        case 0: .done
        case 1: .pending
        default: .failed
        }
    }

    /// Reads what the socket has; false when the connection is gone.
    func consumeInput() -> Bool {
        PQconsumeInput(self.connection) == 1
    }

    /// Whether `nextResult` has to wait for more input.
    var isBusy: Bool { PQisBusy(self.connection) == 1 }

    /// The next result of what was sent, nil after the last one; not to be asked for while busy.
    func nextResult() -> QueryResult? {
        PQgetResult(self.connection).map(QueryResult.init)
    }

    /// What the COPY stream has, by ``takeCopy()``.
    enum Copy {
        case message(ReplicationMessage, bytes: Int)
        /// Nothing for now.
        case pending
        /// The stream is over; a result says why.
        case ended
    }

    /// Takes the next message of a COPY stream that has arrived whole.
    func takeCopy() throws(PostgresError) -> Copy {
        var buffer: UnsafeMutablePointer<CChar>?
        let length = PQgetCopyData(self.connection, &buffer, 1)
        defer {
            PQfreemem(buffer)
        }
        guard length > 0, let buffer else {
            return length == 0 ? .pending : .ended
        }
        let bytes = UnsafeRawBufferPointer(start: buffer, count: Int(length))
        return .message(try ReplicationMessage(bytes), bytes: bytes.count)
    }

    /// Hands bytes to libpq for the COPY stream; false where it has no room for them, or the stream is over.
    func send(copy bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                PQputCopyData(self.connection, bytes.baseAddress, Int32(clamping: bytes.count)) == 1
            }
        }
    }

    /// Takes the notifications that have arrived.
    func takeNotifications() -> [Notification] {
        var taken: [Notification] = []
        while let notification = PQnotifies(self.connection) {
            taken.append(Notification(notification.pointee))
            PQfreemem(notification)
        }
        return taken
    }

    /// Why the connection is gone: the server's last words, else what libpq noticed.
    var lossReason: String {
        _ = self.isBusy  // Parses what arrived before the end of the stream.
        let reason = self.farewell ?? firstLine(PQerrorMessage(self.connection))
        return reason.isEmpty ? "the server closed the connection" : reason
    }

    fileprivate func received(notice: OpaquePointer) {
        self.farewell = QueryResult.fatalMessage(notice).map(oneLine) ?? self.farewell
    }

    private var connectFailure: PostgresError {
        ConnectFailure(
            text: String(cString: PQerrorMessage(self.connection)),
            needsPassword: PQconnectionNeedsPassword(self.connection) == 1
        ).error
    }

    private func check(_ sent: Int32) throws(PostgresError) {
        guard sent != 1 else {
            return
        }
        throw PQstatus(self.connection) == CONNECTION_BAD
            ? .connectionLost(self.lossReason) : .refused(firstLine(PQerrorMessage(self.connection)))
    }
}

extension Notification {
    fileprivate init(_ notification: PGnotify) {
        self.channel = notification.relname.map { String(cString: $0) } ?? ""
        self.payload = notification.extra.map { String(cString: $0) } ?? ""
        self.senderPID = notification.be_pid
    }
}

/// Keeps notices off stderr, where libpq writes them by default.
private func receiveNotice(_ session: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
    guard let session, let notice else {
        return
    }
    Unmanaged<LibPQSession>.fromOpaque(session).takeUnretainedValue().received(notice: notice)
}

/// Lends texts as a C array that ends with NULL; nil stands for NULL within it.
private func withCStrings<Result>(
    _ texts: [String?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let bytes = texts.map { text in text.map { ContiguousArray($0.utf8CString) } }
    let storage = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.reduce(1) { $0 + ($1?.count ?? 0) })
    let pointers = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: texts.count + 1)
    defer {
        storage.deallocate()
        pointers.deallocate()
    }
    var end = storage
    for (index, text) in bytes.enumerated() {
        pointers[index] = text == nil ? nil : UnsafePointer(end)
        text?.withUnsafeBufferPointer { bytes in
            if let first = bytes.baseAddress {
                end.update(from: first, count: bytes.count)
            }
        }
        end += text?.count ?? 0
    }
    pointers[texts.count] = nil
    return body(pointers)
}
