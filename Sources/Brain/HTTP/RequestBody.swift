import HTTPTypes
import HummingbirdCore
import NIOCore

/// The body of a request that must be JSON, checked in the order of contract §2: size, then media type.
enum RequestBody {
    private static let limit = 1 << 20

    /// - Parameter request: whose body hasn't been read yet.
    /// - Returns: its bytes, not yet looked at.
    /// - Throws: a `Problem`: 413 or 415; or what broke the connection.
    static func json(of request: Request) async throws -> [UInt8] {
        let body = try await Self.bytes(of: request)
        let type = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard type?.trimmingPrefix(while: \.isWhitespace) == "application/json" else {
            throw Problem(.unsupportedMediaType, "The body must be application/json.")
        }
        return Array(body.readableBytesView)
    }

    private static func bytes(of request: Request) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.limit {
            throw Problem.bodyTooLarge
        }
        do {
            return try await request.body.collect(upTo: Self.limit)
        } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge
        }
    }
}

extension Problem {
    fileprivate static let bodyTooLarge = Self(.contentTooLarge, "The body may have 1 MiB at most.")
}
