/// The daemon in a line, as `systemctl status` shows it.
enum ServiceStatus {
    /// The daemon serves: whether changes come as they are made, how, and to how many.
    static func serving(_ feed: FeedStatus, sessions: Int) -> String {
        let state = feed.ready ? "ready" : "not ready (\(feed.reasons.joined(separator: "; ")))"
        let capture = feed.capture.map { ", capture \($0.rawValue)" } ?? ""
        return "\(state)\(capture), sessions: \(sessions)"
    }
}
