import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// An error as a client is told it: `application/problem+json` (RFC 9457).
struct Problem: Error, Sendable {
    private static let mediaType = "application/problem+json"

    let status: HTTPResponse.Status
    let detail: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    init(_ refusal: Refusal) {
        self.init(HTTPResponse.Status(code: refusal.status, reasonPhrase: refusal.title), refusal.detail)
        if let seconds = refusal.retryAfterSeconds { self.headers[.retryAfter] = "\(seconds)" }
    }

    static let notFound = Self(.notFound, "There is nothing at this path.")

    static func methodNotAllowed(_ allowed: [HTTPRequest.Method]) -> Self {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = Self(.methodNotAllowed, "Allowed here: \(names).")
        problem.headers[.allow] = names
        return problem
    }

    static let upgradeRequired = {
        var problem = Self(
            .upgradeRequired,
            "This is a WebSocket endpoint: the first request of a connection must ask for an upgrade, version 13."
        )
        problem.headers[.upgrade] = "websocket"
        problem.headers[.secWebSocketVersion] = "13"
        return problem
    }()

    static func databaseAway(retryAfterSeconds: Int = 1) -> Self {
        var problem = Self(.serviceUnavailable, "The database can't be reached at the moment.")
        problem.headers[.retryAfter] = "\(retryAfterSeconds)"
        return problem
    }

    static let unreadable = Self(.badRequest, "This is not an HTTP/1.1 request, or its head is too large.")

    /// The whole answer as the codec takes it, for a connection that then ends.
    var parts: [HTTPServerResponsePart] {
        let body = ByteBuffer(string: self.text)
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: self.status.code))
        head.headers = [
            "Content-Type": Self.mediaType, "Content-Length": "\(body.readableBytes)", "Connection": "close",
        ]
        return [.head(head), .body(.byteBuffer(body)), .end(nil)]
    }

    var response: Response {
        var headers = self.headers
        headers[.contentType] = Self.mediaType
        return Response(status: self.status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: self.text)))
    }

    private var text: String {
        JSONValue.object([
            ("type", .string("about:blank")),
            ("title", .string(self.status.reasonPhrase)),
            ("status", .integer(self.status.code)),
            ("detail", .string(self.detail)),
        ]).text
    }
}

extension Response {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Self {
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: value.text)))
    }
}
