import CLibPQ

/// One PGresult, cleared with its last reference.
///
/// Safety: a PGresult isn't changed once it is made and may be read by any thread (libpq manual, "Behavior in Threaded
/// Programs"); the pointer is private, and nothing here changes it before `deinit`.
final class QueryResult: @unchecked Sendable {
    /// What a result means to the call that waits for it.
    enum Verdict {
        case succeeded
        case failed(PostgresError)
        /// The server ended the session with this message (severity FATAL or PANIC).
        case fatal(String)
        /// The connection went over to COPY.
        case copy
    }

    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(self.pointer)
    }

    var rowCount: Int32 { PQntuples(self.pointer) }

    var columnCount: Int32 { PQnfields(self.pointer) }

    var affected: Int { Int(String(cString: PQcmdTuples(self.pointer))) ?? 0 }

    var verdict: Verdict {
        switch PQresultStatus(self.pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            .succeeded
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            .copy
        default:
            Self.fatalMessage(self.pointer).map(Verdict.fatal) ?? .failed(self.error)
        }
    }

    func columnName(_ column: Int32) -> String {
        PQfname(self.pointer, column).map { String(cString: $0) } ?? ""
    }

    /// Both indices must be in range: libpq complains on stderr otherwise.
    func text(row: Int32, column: Int32) -> String? {
        guard PQgetisnull(self.pointer, row, column) == 0, let bytes = PQgetvalue(self.pointer, row, column) else {
            return nil
        }
        let length = Int(PQgetlength(self.pointer, row, column))
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }

    /// The message of a result or notice by which the server ends the session; nil for any other.
    static func fatalMessage(_ result: OpaquePointer) -> String? {
        let severity = Self.field("V", of: result)
        return severity == "FATAL" || severity == "PANIC" ? Self.field("M", of: result) : nil
    }

    private var error: PostgresError {
        guard let sqlState = Self.field("C", of: self.pointer) else {
            return .refused(firstLine(PQresultErrorMessage(self.pointer)))
        }
        return .server(
            sqlState: sqlState,
            message: oneLine(Self.field("M", of: self.pointer) ?? ""),
            detail: Self.field("D", of: self.pointer).map(oneLine)
        )
    }

    /// A field of an error or a notice, by its character (PG_DIAG_… in postgres_ext.h).
    private static func field(_ code: Unicode.Scalar, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
    }
}

/// A text of several lines as one.
func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
}

/// The first line of one of libpq's messages, which end with a line feed.
func firstLine(_ message: UnsafePointer<CChar>?) -> String {
    message.flatMap { String(cString: $0).split(whereSeparator: \.isNewline).first.map(String.init) } ?? ""
}
