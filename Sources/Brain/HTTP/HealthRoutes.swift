import HTTPTypes
import HummingbirdCore

/// `/api/health` and `/api/ready`.
struct HealthRoutes: Sendable {
    private let since: ContinuousClock.Instant
    private let status: @Sendable () -> FeedStatus

    init(since: ContinuousClock.Instant, status: @escaping @Sendable () -> FeedStatus) {
        self.since = since
        self.status = status
    }

    func health() -> Response {
        .json(
            .object([
                ("status", .string("ok")),
                ("version", .string(BrainVersion.current)),
                ("uptime_seconds", .seconds(.now - self.since)),
            ])
        )
    }

    func ready() -> Response {
        let status = self.status()
        let body = JSONValue.object([
            ("ready", .bool(status.ready)),
            ("capture", .optional(status.capture?.rawValue)),
            ("lag_ms", status.lagMilliseconds.map { .integer($0) } ?? .null),
            ("reasons", .array(status.reasons.map { .string($0) })),
        ])
        return .json(body, status: status.ready ? .ok : .serviceUnavailable)
    }
}

extension ContinuousClock.Instant {
    /// The time between two instants, later first.
    static func - (later: Self, earlier: Self) -> Duration {
        earlier.duration(to: later)
    }
}
